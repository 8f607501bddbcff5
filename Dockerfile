# One image for all services: the three variants and the workbench itself.
FROM python:3.11-slim AS build
WORKDIR /src
RUN python -m venv /opt/ot2otel
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY ot2otel ot2otel
COPY legacy_opentracing legacy_opentracing
COPY otel_native otel_native
COPY shim_bridge shim_bridge
COPY ot2otel_flows ot2otel_flows
RUN /opt/ot2otel/bin/pip install --no-cache-dir --constraint constraints.txt '.[jaeger-thrift,redis]' \
    && /opt/ot2otel/bin/pip uninstall --yes pip

FROM python:3.11-slim
RUN python -m pip uninstall --yes setuptools wheel pip
COPY --from=build /opt/ot2otel /opt/ot2otel
ENV PATH=/opt/ot2otel/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /home/ot2otel
USER 10001:10001
CMD ["ot2otel", "--help"]
