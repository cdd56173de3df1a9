"""`python -m nnlib devices`: the devices that PyTorch can compute on."""

from nnlib.cli.arguments import Commands, add_json
from nnlib.cli.progress import print_event


def add_command(commands: Commands) -> None:
    """Add `devices` to the commands."""
    parser = commands.add_parser("devices", help="list the devices that PyTorch can compute on, the fastest first")
    add_json(parser)
    parser.set_defaults(command=_devices)


def _devices(options):
    from nnlib.deep.devices import GIB, cuda_trouble, find_cluster, list_devices

    devices = list_devices()
    cluster, cluster_trouble = find_cluster()
    for device in [*devices, cluster] if cluster else devices:
        if options.json:
            print_event({"event": "device", **vars(device)})
        else:
            print(f"{device.name:<7} {device.title}" + (f", {device.memory / GIB:.1f} GiB" if device.memory else ""))
    troubles = {"CUDA": cuda_trouble(), "GPU on the cluster": cluster_trouble}
    if options.json:
        cuda, on_cluster = (trouble or None for trouble in troubles.values())
        print_event({"event": "result", "best": devices[0].name, "cuda": cuda, "cluster": on_cluster})
        return 0
    for name, trouble in troubles.items():
        if trouble:
            print(f"no {name}: {trouble}")
    return 0
