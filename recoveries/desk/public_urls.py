"""What the desk shows outside the back-office: the calendar of who has its address."""

from django.urls import path

from recoveries.desk.calendar_page import calendar_feed

urlpatterns = [path("calendar/<str:token>.ics", calendar_feed, name="calendar-feed")]
