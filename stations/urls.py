"""Addresses below /stations/. A station's own come last, since its code may be any word."""

from django.urls import path

from stations.views import areas, bookings, calendar, deputies, duty, find, pages, receptions, station_edit, statistics

app_name = "stations"

urlpatterns = [
    path("", pages.station_list, name="list"),
    path("mine/", find.mine, name="mine"),
    path("calendar.ics", calendar.all_days, name="calendar"),
    path("statistics/", statistics.page, name="statistics"),
    path("statistics.csv", statistics.table, name="statistics_csv"),
    path("receptions/", receptions.reception_list, name="receptions"),
    path("receptions/<int:pk>/", receptions.reception, name="reception"),
    path("receptions/<int:pk>/calendar.ics", calendar.one_day, name="reception_calendar"),
    path("receptions/<int:pk>/book/", bookings.book, name="book"),
    path("receptions/<int:pk>/<slug:step>/", receptions.reception_step, name="reception_step"),
    path("bookings/<str:token>/", bookings.booking, name="booking"),
    path("matters/<int:pk>/<slug:step>/", receptions.matter_step, name="matter_step"),
    path("areas/", areas.check, name="areas"),
    path("areas/upload/", areas.upload, name="areas_upload"),
    path("areas/mend/", areas.mend, name="areas_mend"),
    path("areas/faults.geojson", areas.faults_geojson, name="areas_faults"),
    path("deputies/", deputies.deputy_list, name="deputies"),
    path("deputies/<slug:page_code>/", deputies.deputy, name="deputy"),
    path("deputies/<slug:page_code>/code.svg", deputies.deputy_qr, name="deputy_qr"),
    path("duty/", duty.home, name="duty"),
    path("duty/rule/", duty.rule, name="duty_rule"),
    path("duty/<int:year>.xlsx", duty.register, name="duty_register"),
    path("duty/records/<int:pk>/<slug:step>/", duty.step, name="duty_step"),
    path("duty/<slug:page_code>/add/", duty.add, name="duty_add"),
    path("duty/<slug:page_code>/<int:year>/", duty.report, name="duty_report"),
    path("duty/<slug:page_code>/<int:year>.xlsx", duty.report_xlsx, name="duty_report_xlsx"),
    path("<str:code>/", pages.station_detail, name="detail"),
    path("<str:code>/edit/", station_edit.edit, name="edit"),
    path("<str:code>/photo/", station_edit.photo, name="photo"),
    path("<str:code>/code.svg", deputies.station_qr, name="qr"),
    path("<str:code>/calendar.ics", calendar.station_days, name="station_calendar"),
    path("<str:code>/area/", areas.edit, name="area"),
    path("<str:code>/area.geojson", areas.station_geojson, name="area_geojson"),
    path("<str:code>/receptions/new/", receptions.announce, name="announce"),
]
