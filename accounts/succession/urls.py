"""The address at which a person who leaves hands over, below `work/people/`."""

from django.urls import path

from accounts.succession import views

app_name = "succession"

urlpatterns = [path("<int:pk>/leave/", views.leave, name="leave")]
