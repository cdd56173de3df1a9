"""Whether a data set that has to be downloaded is here; where it is not, the offer to download it."""

from nnlib.data import DATASETS, dataset_status


def missing_data(dataset: str) -> str | None:
    """None where the data set is here. Else offers the download, and returns what stands in the way of a run."""
    status = dataset_status(dataset)
    if status.available or not DATASETS[dataset].download:
        return None
    from pages.live.download import offer_download

    offer_download(dataset, status.title, status.how)
    return "This data set has to be downloaded first"
