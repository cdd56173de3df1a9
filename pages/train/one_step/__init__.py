"""One step explained: the next step of the run on view, in numbers, for one example and one weight."""
