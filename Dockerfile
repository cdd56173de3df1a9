# The app with the CPU build of PyTorch. For the app with PostgreSQL and Dask workers, see compose.yaml.
#
# Tested without a Docker engine: the commands below in a virtual environment, as an unprivileged user (docs/docker.md).
FROM python:3.11-slim

RUN useradd --create-home --uid 1000 lab && install -d -o lab -g lab /data /runs

# The requirements first: this layer stays in the cache while only the code changes. For one version, pip prefers PyTorch's CPU
# build (2.13.0+cpu) to the much larger one with CUDA.
WORKDIR /tmp/app
COPY requirements.txt requirements.lock ./
RUN pip install --no-cache-dir --extra-index-url https://download.pytorch.org/whl/cpu -r requirements.txt "psycopg[binary]"

COPY . .
RUN pip install --no-cache-dir --no-deps . && rm -rf /tmp/app

WORKDIR /home/lab
USER lab
ENV NNLIB_DATA=/data NNLIB_CACHE=/data/cache NNLIB_RUNS=/runs PYTHONUNBUFFERED=1
VOLUME ["/data", "/runs"]
EXPOSE 8501

# /health answers 503 if the hub, the queue, the disk or the database has a fault; urlopen then raises an error.
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://localhost:8501/health', timeout=8)"]

CMD ["backprop-lab", "--server.address=0.0.0.0"]
