"""Addresses of questions to the people."""

from django.urls import path

from questions.pages import desk, public, results

app_name = "questions"

urlpatterns = [
    path("", public.questionnaire_list, name="list"),
    path("new/", desk.new, name="new"),
    path("petitions/", public.petitions, name="petitions"),
    path("contributions/", public.contributions, name="contributions"),
    path("code/<secret:code>/", public.by_code, name="by_code"),
    path("photos/<uuid:number>/<slug:sha256>/", desk.photo, name="photo"),
    path("<int:pk>/", public.questionnaire, name="questionnaire"),
    path("<int:pk>/desk/", desk.desk, name="desk"),
    path("<int:pk>/desk/edit/", desk.edit, name="edit"),
    path("<int:pk>/desk/questions/new/", desk.question, name="question_new"),
    path("<int:pk>/desk/questions/<str:name>/", desk.question, name="question"),
    path("<int:pk>/desk/questions/<str:name>/arrange/", desk.arrange, name="arrange"),
    path("<int:pk>/desk/sheet/", desk.load_sheet, name="sheet"),
    path("<int:pk>/desk/codes/", desk.add_codes, name="codes"),
    path("<int:pk>/desk/codes/print/", desk.code_sheet, name="code_sheet"),
    path("<int:pk>/desk/answers/", desk.texts, name="texts"),
    path("<int:pk>/desk/answers/<uuid:number>/<str:name>/", desk.publish, name="publish"),
    path("<int:pk>/desk/results/", results.results, name="results"),
    path("<int:pk>/desk/answers.<str:suffix>", results.download, name="download"),
]
