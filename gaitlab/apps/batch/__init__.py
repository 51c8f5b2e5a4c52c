"""Batch analysis of many videos: a session folder for each, one table and one page for all."""

from gaitlab.apps.batch.jobs import Job, jobs_of_list, jobs_of_videos
from gaitlab.apps.batch.run import run_batch
from gaitlab.apps.batch.work import Outcome

__all__ = ["Job", "Outcome", "jobs_of_list", "jobs_of_videos", "run_batch"]
