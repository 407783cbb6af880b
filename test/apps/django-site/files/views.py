import hashlib

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import condition

from .forms import DocumentForm
from .models import Document


def documents(request):
    form = DocumentForm(request.POST or None, request.FILES or None)
    if request.method == 'POST' and form.is_valid():
        document = form.save()
        messages.success(request, f'{document.title} was saved')
        return redirect('documents')
    return render(request, 'files/documents.html', {'form': form, 'documents': Document.objects.order_by('pk')})


def download(request, pk):
    document = get_object_or_404(Document, pk=pk)
    return FileResponse(document.file.open(), as_attachment=True, filename=f'{document.title}.bin')


def count(request):
    request.session['count'] = request.session.get('count', 0) + 1
    return JsonResponse({'count': request.session['count']})


def stream(request):
    return StreamingHttpResponse((f'line {line}\n' for line in range(100)), content_type='text/plain')


@login_required
def private(request):
    return JsonResponse({'user': request.user.get_username()})


def etag(request, rest):
    return '"%s"' % hashlib.md5(rest.encode()).hexdigest()


@csrf_exempt
@condition(etag_func=etag)
def where(request, rest):
    return JsonResponse(
        {
            'method': request.method,
            'rest': rest,
            'path': request.path,
            'full': request.get_full_path(),
            'query': dict(request.GET),
            'form': dict(request.POST),
            'scheme': request.scheme,
            'secure': request.is_secure(),
            'script': request.META['SCRIPT_NAME'],
            'address': request.META['REMOTE_ADDR'],
            'length': request.META.get('CONTENT_LENGTH'),
            'custom': request.headers.get('X-Custom'),
            'host': request.get_host().split(':')[0],
        },
        json_dumps_params={'ensure_ascii': False},
    )


def crash(request):
    raise RuntimeError('a bug')
