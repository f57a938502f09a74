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
