"""REST framework's serializers: what making, validating and saving one runs."""

from __future__ import annotations

from pathlib import Path

from tests.analysis.saying import agrees


def test_the_context_that_a_view_makes_for_its_serializer_is_made(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        """
from adrf.viewsets import GenericViewSet
from asgiref.sync import sync_to_async
from django.shortcuts import get_object_or_404
from library.llm import ask
from library.models import Book
from rest_framework import serializers
from rest_framework.decorators import action

class QuestionSerializer(serializers.Serializer):
    text = serializers.CharField()

class AsyncMixin:
    @sync_to_async
    def aget_valid_serializer(self, *args, **kwargs):
        serializer = self.get_serializer(*args, **kwargs)
        serializer.is_valid(raise_exception=True)
        return serializer

class Questions(AsyncMixin, GenericViewSet):
    serializer_class = QuestionSerializer

    @action(detail=False)
    async def ask(self, request):
        await self.aget_valid_serializer(data=request.data)
        await ask("why?")

class QuestionsOfBook(AsyncMixin, GenericViewSet):
    serializer_class = QuestionSerializer

    def get_serializer_context(self):
        return super().get_serializer_context() | {"book": get_object_or_404(Book, pk=self.kwargs["book"])}

    @action(detail=False)
    async def ask(self, request):
        await self.aget_valid_serializer(data=request.data)
        await ask("why?")  # LDB101
""",
    )


def test_plain_serializers_query_through_their_fields_and_hooks(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        """
from asgiref.sync import sync_to_async
from library.llm import ask
from library.models import Book
from rest_framework import serializers

class Text(serializers.Serializer):
    text = serializers.CharField()
    book = serializers.PrimaryKeyRelatedField(read_only=True)

    def validate(self, attrs):
        return attrs

    def validated_books(self):
        return Book.objects.count()

    def create(self, validated_data):
        return Book.objects.create(**validated_data)

class OfBook(serializers.Serializer):
    book = serializers.PrimaryKeyRelatedField(queryset=Book.objects.all())

class Checked(serializers.Serializer):
    title = serializers.CharField()

    def validate_title(self, value):
        if Book.objects.filter(title=value).exists():
            raise serializers.ValidationError("taken")
        return value

class Nested(serializers.Serializer):
    books = Checked(many=True)

async def text(request):
    await sync_to_async(Text(data=request.POST).is_valid)()
    await ask("why?")

async def created(request):
    await sync_to_async(Text(data=request.POST).save)()
    await ask("why?")  # LDB101

async def of_book(request):
    await sync_to_async(OfBook(data=request.POST).is_valid)()
    await ask("why?")  # LDB101

async def checked(request):
    await sync_to_async(Checked(data=request.POST).is_valid)()
    await ask("why?")  # LDB101

async def nested(request):
    await sync_to_async(Nested(data=request.POST).is_valid)()
    await ask("why?")  # LDB101
""",
    )


def test_a_plain_serializer_is_saved_by_its_own_hooks(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        """
from adrf.serializers import Serializer
from library.llm import ask
from library.models import Book

class Creating(Serializer):
    async def acreate(self, validated_data):
        return await Book.objects.acreate(**validated_data)

class Making(Serializer):
    async def acreate(self, validated_data):
        return Book(**validated_data)

async def created(request):
    await Creating(data=request.POST).asave()
    await ask("why?")  # LDB101

async def made(request):
    await Making(data=request.POST).asave()
    await ask("why?")
""",
    )


def test_a_view_may_choose_its_serializer(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        """
from adrf.viewsets import GenericViewSet
from asgiref.sync import sync_to_async
from library.llm import ask
from library.models import Book
from rest_framework import serializers

class Text(serializers.Serializer):
    text = serializers.CharField()

class OfBook(serializers.ModelSerializer):
    class Meta:
        model = Book
        fields = "__all__"

class Chosen(GenericViewSet):
    serializer_class = Text

    def get_serializer_class(self):
        return OfBook

    async def create(self, request):
        await sync_to_async(self.get_serializer(data=request.data).is_valid)()
        await ask("why?")  # LDB101

class Declared(GenericViewSet):
    serializer_class = Text

    async def create(self, request):
        await sync_to_async(self.get_serializer(data=request.data).is_valid)()
        await ask("why?")

async def of_a_view_that_is_not_known(request, view: GenericViewSet):
    await Book.objects.acount()
    serializer = view.get_serializer(data=request.POST)
    await sync_to_async(serializer.is_valid)()
    await sync_to_async(serializer.save)()
    await ask("why?")  # LDB101
""",
    )


def test_forms_of_the_library_itself(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        """
from asgiref.sync import sync_to_async
from django import forms
from library.llm import ask

async def plain(request):
    await sync_to_async(forms.Form(request.POST).is_valid)()
    await ask("why?")

async def of_a_model(request):
    await sync_to_async(forms.ModelForm(request.POST).is_valid)()
    await ask("why?")  # LDB101
""",
    )
