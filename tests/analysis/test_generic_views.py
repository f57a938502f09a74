"""Django's generic views and its admin: methods of theirs that the project overrides, and what Django has queried before."""

from __future__ import annotations

from pathlib import Path

from tests.analysis.saying import agrees

ASGI = 'SECRET_KEY = "x"\nASGI_APPLICATION = "asgi.application"\n'


def test_hooks_of_generic_views_are_part_of_a_request(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        """
import time
from django.shortcuts import get_object_or_404
from django.views.generic import CreateView, FormView, RedirectView
from library.models import Book

class Create(CreateView):
    model = Book

    def form_valid(self, form):
        response = super().form_valid(form)
        time.sleep(1)  # LDB105
        return response

class Contact(FormView):
    def form_valid(self, form):
        time.sleep(1)
        return super().form_valid(form)

class Go(RedirectView):
    def get_redirect_url(self, pk):
        book = get_object_or_404(Book, pk=pk)
        time.sleep(1)  # LDB105
""",
        settings=ASGI,
    )


def test_a_detail_view_has_fetched_its_object_before_its_context(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        """
import time
from django.views.generic import DetailView, TemplateView
from library.models import Book

class Page(DetailView):
    model = Book

    def get_context_data(self, **kwargs):
        time.sleep(1)  # LDB105

class Kept(DetailView):
    model = Book

    def get_object(self):
        return self.kept

    def get_context_data(self, **kwargs):
        time.sleep(1)

class Plain(TemplateView):
    def get_context_data(self, **kwargs):
        time.sleep(1)
""",
        settings=ASGI,
    )


def test_the_admin_saves_a_model(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        """
import time
from django.contrib import admin
from library.models import Book

@admin.register(Book)
class BookAdmin(admin.ModelAdmin):
    def save_model(self, request, obj, form, change):
        time.sleep(1)
        super().save_model(request, obj, form, change)
        time.sleep(1)  # LDB105
""",
        settings=ASGI,
    )
