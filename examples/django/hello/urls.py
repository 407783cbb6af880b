from django.urls import path

from . import views

urlpatterns = [
    path('hello', views.hello),
    path('hello/<str:name>', views.hello_path),
]
