"""Serializers and forms of plain columns neither fetch nor look up anything."""

from __future__ import annotations

from pathlib import Path

from tests.analysis.saying import agrees


def test_serializers_of_a_model(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        """
from adrf.serializers import ModelSerializer as AsyncModelSerializer
from adrf.views import APIView
from asgiref.sync import sync_to_async
from rest_framework import serializers

from library.llm import ask
from library.models import Author, Book

class Plain(serializers.ModelSerializer):
    class Meta:
        model = Book
        fields = ["id", "title", "author"]

class Nested(serializers.ModelSerializer):
    author = Plain()
    class Meta:
        model = Book
        fields = ["title", "author"]

class Named(serializers.ModelSerializer):
    name = serializers.CharField(source="author.name")
    class Meta:
        model = Book
        fields = ["title", "name"]

class All(serializers.ModelSerializer):
    class Meta:
        model = Book
        fields = "__all__"

class Titles(serializers.Serializer):
    title = serializers.CharField()

class AsyncPlain(AsyncModelSerializer):
    class Meta:
        model = Author
        fields = ["name"]

class Views(APIView):
    authentication_classes = []

    async def get(self, request):
        data = await sync_to_async(lambda: Plain(Book()).data)()
        await ask("hi")

    async def post(self, request):
        data = await sync_to_async(lambda: Nested(Book()).data)()
        await ask("hi")  # LDB101

    async def put(self, request):
        data = await sync_to_async(lambda: Named(Book()).data)()
        await ask("hi")  # LDB101

    async def patch(self, request):
        data = await sync_to_async(lambda: All(Book()).data)()
        await ask("hi")  # LDB101

    async def delete(self, request):
        data = await sync_to_async(lambda: Titles(Book.objects.all(), many=True).data)()
        await ask("hi")  # LDB101

    async def head(self, request):
        data = await AsyncPlain(Author()).adata
        await ask("hi")

    async def options(self, request):
        data = await AsyncPlain(Author.objects.all(), many=True).adata
        await ask("hi")  # LDB101

class Valid(APIView):
    authentication_classes = []

    async def post(self, request):
        await sync_to_async(Plain(data=request.data).is_valid)()
        await ask("hi")  # LDB101

    async def put(self, request):
        await sync_to_async(AsyncPlain(data=request.data).is_valid)()
        await ask("hi")
""",
    )


def test_serializers_that_are_not_plain_or_whose_fields_are(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        """
from adrf.serializers import ModelSerializer as AsyncModelSerializer
from asgiref.sync import sync_to_async
from django.db import models
from rest_framework import serializers

from library.llm import ask
from library.models import Author, Book

TITLE = models.CharField(max_length=50)

class Novel(Book):
    subtitle = models.CharField(max_length=50)
    other = TITLE

class Unique(models.Model):
    title = models.CharField(max_length=50)
    class Meta:
        unique_together = [("title",)]

class WithoutMeta(serializers.ModelSerializer):
    pass

class Hooked(serializers.ModelSerializer):
    class Meta:
        model = Book
        fields = ["title"]
    def to_representation(self, instance):
        return Book.objects.count()

class OfUnique(serializers.ModelSerializer):
    class Meta:
        model = Unique
        fields = ["title"]

class OfProperty(serializers.ModelSerializer):
    class Meta:
        model = Book
        fields = ["missing"]

class Assigned(serializers.ModelSerializer):
    class Meta:
        model = Novel
        fields = ["other"]

class Declared(serializers.ModelSerializer):
    title = serializers.CharField(max_length=9)
    class Meta:
        model = Novel
        fields = ["title", "subtitle"]

class Child(Declared):
    pass

async def without_meta(request):
    await sync_to_async(lambda: WithoutMeta(Book()).data)()
    await ask("hi")  # LDB101

async def hooked(request):
    await sync_to_async(lambda: Hooked(Book()).data)()
    await ask("hi")  # LDB101

async def unique(request):
    await sync_to_async(OfUnique(data=request.POST).is_valid)()
    await ask("hi")  # LDB101

async def of_property(request):
    await sync_to_async(lambda: OfProperty(Book()).data)()
    await ask("hi")  # LDB101

async def assigned(request):
    await sync_to_async(Assigned(data=request.POST).is_valid)()
    await ask("hi")  # LDB101

async def declared(request):
    await sync_to_async(lambda: Child(Novel()).data)()
    await sync_to_async(Child(data=request.POST).is_valid)()
    await ask("hi")

async def of_the_library(request):
    await sync_to_async(serializers.ModelSerializer(data=request.POST).is_valid)()
    await ask("hi")  # LDB101

async def shown(request):
    await sync_to_async(lambda: serializers.ModelSerializer(Book()).data)()
    await ask("hi")  # LDB101
""",
    )
