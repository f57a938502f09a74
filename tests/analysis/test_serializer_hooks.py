"""What a model's serializer runs of its own: while it validates, saves, and shows a row."""

from __future__ import annotations

from pathlib import Path

from tests.analysis.saying import agrees

HEAD = """
import requests
from asgiref.sync import sync_to_async
from library.llm import ask
from library.models import Author, Book
from rest_framework import serializers

class Titled(serializers.ModelSerializer):
    class Meta:
        model = Book
        fields = ["title"]
"""


def test_what_a_serializer_shows_by_methods_of_its_own(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        HEAD
        + """
class Counted(serializers.ModelSerializer):
    count = serializers.SerializerMethodField()

    class Meta:
        model = Author
        fields = ["name", "count"]

    def get_count(self, author):
        return author.books.count()

class Plain(Counted):
    def get_count(self, author):
        return len(author.name)

class Nested(serializers.Serializer):
    title = serializers.CharField()
    author = Counted()

class Shown(Titled):
    def to_representation(self, book):
        return {**super().to_representation(book), "count": Book.objects.count()}

async def counted(request):
    await sync_to_async(lambda: Counted(Author()).data)()
    await ask("hi")  # LDB101

async def plain(request):
    await sync_to_async(lambda: Plain(Author()).data)()
    await ask("hi")

async def nested(request):
    await sync_to_async(lambda: Nested(Author()).data)()
    await ask("hi")  # LDB101

async def shown(request):
    await sync_to_async(lambda: Shown(Book()).data)()
    await ask("hi")  # LDB101

async def titled(request):
    await sync_to_async(lambda: Titled(Book()).data)()
    await ask("hi")
""",
    )


def test_rows_of_a_queryset_are_shown_by_methods(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        HEAD
        + """
class Posted(Titled):
    def to_representation(self, book):
        requests.post("https://example.org")  # LDB105
        return super().to_representation(book)

async def posted(request):
    await sync_to_async(lambda: Posted(Book.objects.all(), many=True).data)()  # LDB105
""".replace("  # LDB105\n        return", "\n        return"),
    )


def test_a_serializer_saves_by_its_own_create(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        HEAD
        + """
class Posted(Titled):
    def create(self, validated_data):
        book = super().create(validated_data)
        requests.post("https://example.org")  # LDB105
        return book

class First(Titled):
    def create(self, validated_data):
        requests.post("https://example.org")
        return super().create(validated_data)

async def posted(request):
    await sync_to_async(Posted(data=request.POST).save)()
    await ask("hi")  # LDB101

async def first(request):
    await sync_to_async(First(data=request.POST).save)()
    await ask("hi")  # LDB101
""",
    )


def test_a_serializer_validates_by_its_own_methods(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        HEAD
        + """
class Looked(Titled):
    def validate_title(self, title):
        if Book.objects.filter(title=title).exists():
            raise serializers.ValidationError("twice")

class Short(Titled):
    def validate(self, attrs):
        return attrs

class Anything(Titled):
    def to_internal_value(self, data):
        return self.vendor(data)

async def looked(request):
    await sync_to_async(Looked(data=request.POST).is_valid)()
    await ask("hi")  # LDB101

async def short(request):
    await sync_to_async(Short(data=request.POST).is_valid)()
    await ask("hi")

async def anything(request):
    await sync_to_async(Anything(data=request.POST).is_valid)()
    await ask("hi")  # LDB101
""",
    )
