"""What a page does when a data set must first be downloaded."""

from nnlib.data import DATASETS, dataset_status


def missing_data(dataset: str) -> str | None:
    """Offer the download of a data set that is not on this machine.

    Returns
    -------
    str or None
        Why no run can be started, or None if the data set is here.
    """
    status = dataset_status(dataset)
    if status.available or not DATASETS[dataset].download:
        return None
    from pages.live.download import offer_download

    offer_download(dataset, status.title, status.how)
    return "This data set has to be downloaded first"
