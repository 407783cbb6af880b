from django.http import HttpResponse
from django.views.decorators.csrf import csrf_exempt


@csrf_exempt
def hello(request):
    fields = request.POST if request.method == 'POST' else request.GET
    return HttpResponse(f"hello {fields.get('name', 'world')}\n", content_type='text/plain; charset=utf-8')


def hello_path(request, name):
    return HttpResponse(f'hello {name}\n', content_type='text/plain; charset=utf-8')
