"""The address of a procedure's fee, open to whoever has its key."""

from django.urls import path

from recoveries.court.fee_page import payment_page

urlpatterns = [path("injonction/<str:key>", payment_page, name="injunction-payment")]
