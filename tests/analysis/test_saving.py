"""What Django runs by itself when a row is saved or deleted: the methods that the project's models override."""

from __future__ import annotations

from pathlib import Path

from tests.analysis.saying import agrees, view

JOBS = """
import requests
from asgiref.sync import sync_to_async
from django.db import close_old_connections, models

class Announced(models.Model):
    def save(self, *args, **kwargs):
        super().save(*args, **kwargs)
        requests.post("https://example.org")

class Removed(models.Model):
    def delete(self, *args, **kwargs):
        close_old_connections()
        requests.delete("https://example.org")
        super().delete(*args, **kwargs)

class Plain(models.Model):
    title = models.CharField(max_length=50)
"""


def test_asave_runs_the_save_that_its_model_overrides(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
import requests
from django.db import models

class Job(models.Model):
    def save(self, *args, **kwargs):
        super().save(*args, **kwargs)
        requests.post("https://example.org")  # LDB105

async def saved(request):
    await Job().asave()
""",
    )


def test_what_an_overridden_method_waits_for_is_awaited_where_django_runs_it(tmp_path: Path) -> None:
    agrees(
        tmp_path,
        """
from library.jobs import Announced, Plain, Removed

async def saved(request, pk):
    job = await Plain.objects.aget(pk=pk)
    await Announced().asave()  # LDB101

async def deleted(request, pk):
    job = await Removed.objects.aget(pk=pk)
    await job.adelete()

async def created(request, pk):
    await Plain.objects.aget(pk=pk)
    await Announced.objects.acreate()  # LDB101

async def plain(request, pk):
    job = await Plain.objects.acreate(title="x")
    await job.asave()
    await job.adelete()
""",
        library__jobs=JOBS,
    )


def test_what_looks_for_a_row_first_saves_it_inside_a_transaction(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
import requests
from django.db import models

class Job(models.Model):
    def save(self, *args, **kwargs):
        requests.post("https://example.org")
        super().save(*args, **kwargs)

async def found(request):
    job, _ = await Job.objects.aget_or_create(pk=1)  # LDB104
    await ask(job.pk)  # LDB101

def made():
    job = Job.objects.create()
    return job.pk

async def threaded(request):
    await ask(await sync_to_async(made)())  # LDB101
""",
    )
