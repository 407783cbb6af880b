from django.urls import path

from . import views

urlpatterns = [
    path('', views.documents, name='documents'),
    path('documents/<int:pk>/download', views.download, name='download'),
    path('count', views.count, name='count'),
    path('stream', views.stream, name='stream'),
    path('private', views.private, name='private'),
    path('where/<path:rest>', views.where, name='where'),
    path('crash', views.crash, name='crash'),
]
