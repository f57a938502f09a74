"""What the REST framework has queried before a handler: permissions, throttles, authentication, of decorators and settings too."""

from __future__ import annotations

from pathlib import Path

from tests.analysis.saying import agrees

SETTINGS = 'SECRET_KEY = "x"\nASGI_APPLICATION = "asgi.application"\n'
CHECKS = """
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.throttling import BaseThrottle

from library.models import Book

class Authenticated(BaseAuthentication):
    def authenticate(self, request):
        return Book.objects.first(), None

class Permitted(BasePermission):
    async def has_permission(self, request, view):
        return await Book.objects.aexists()

class Owner(BasePermission):
    def has_permission(self, request, view):
        return request.user.is_staff

class Throttled(BaseThrottle):
    def allow_request(self, request, view):
        return Book.objects.count() < 10
"""


def test_checks_of_a_view(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        """
from adrf.decorators import api_view
from adrf.views import APIView
from adrf.viewsets import ViewSet
from rest_framework.decorators import action, permission_classes
from rest_framework.permissions import AllowAny

from library.checks import Owner, Permitted, Throttled
from library.llm import ask

class Guarded(APIView):
    permission_classes = [AllowAny, Permitted]
    async def get(self, request):
        await ask("hi")  # LDB101

class Slowed(APIView):
    throttle_classes = [Throttled]
    async def get(self, request):
        await ask("hi")  # LDB101

class Owned(APIView):
    permission_classes = [Owner]
    async def get(self, request):
        await ask("hi")

@api_view(["GET"])
@permission_classes([Permitted])
async def guarded(request):
    await ask("hi")  # LDB101

@api_view(["GET"])
@permission_classes([AllowAny])
async def open_to_all(request):
    await ask("hi")

class Books(ViewSet):
    @action(detail=False, permission_classes=[Permitted])
    async def summary(self, request):
        await ask("hi")  # LDB101

    @action(detail=False)
    async def titles(self, request):
        await ask("hi")
""",
        settings=SETTINGS,
        library__checks=CHECKS,
    )


def test_checks_of_the_settings(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        """
from adrf.views import APIView
from library.llm import ask

class Default(APIView):
    async def get(self, request):
        await ask("hi")  # LDB101

class Open(APIView):
    authentication_classes = []
    async def get(self, request):
        await ask("hi")
""",
        settings=SETTINGS + 'REST_FRAMEWORK = {"DEFAULT_AUTHENTICATION_CLASSES": ["library.checks.Authenticated"]}\n',
        library__checks=CHECKS,
    )


def test_an_action_has_a_serializer_of_its_own(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        """
import time

from rest_framework import serializers, viewsets
from rest_framework.decorators import action

from library.models import Book

class OfModel(serializers.ModelSerializer):
    class Meta:
        model = Book
        fields = ["title", "author"]

class Plain(serializers.Serializer):
    title = serializers.CharField()

class Books(viewsets.GenericViewSet):
    serializer_class = Plain

    @action(detail=False, serializer_class=OfModel)
    def own(self, request):
        self.get_serializer(data=request.data).is_valid()
        time.sleep(1)  # LDB105

    @action(detail=False)
    def of_the_view(self, request):
        self.get_serializer(data=request.data).is_valid()
        time.sleep(1)
""",
        settings=SETTINGS,
    )


def test_checks_in_a_set(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        """
from adrf.views import APIView
from library.checks import Permitted
from library.llm import ask

class Books(APIView):
    authentication_classes = set()
    permission_classes = {Permitted}

    async def get(self, request):
        await ask("hi")  # LDB101
""",
        settings=SETTINGS,
        library__checks=CHECKS,
    )


def test_handlers_of_mixins_that_query(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        """
from adrf.viewsets import ModelViewSet
from library.llm import ask
from library.models import Book

class Books(ModelViewSet):
    queryset = Book.objects.all()
    authentication_classes = permission_classes = []

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)

    async def alist(self, request):
        self.initial(request)
        await ask("hi")

    async def acreate(self, request):
        response = await super().acreate(request)
        await ask("hi")  # LDB101
        return response
""",
        settings=SETTINGS,
    )
