# One image for all services, the four variants, and for the workbench itself.
FROM python:3.11-slim AS build
WORKDIR /src
# Without pip: pip would bring setuptools along, which stays when pip is removed.
RUN python -m venv --without-pip /opt/ot2otel
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY ot2otel ot2otel
COPY legacy_opentracing legacy_opentracing
COPY otel_native otel_native
COPY shim_bridge shim_bridge
COPY otel_auto otel_auto
COPY legacy_integrations legacy_integrations
COPY ot2otel_flows ot2otel_flows
RUN python -m pip --python /opt/ot2otel install --no-cache-dir --constraint constraints.txt '.[lab,jaeger-thrift,redis,instrumentation]'

FROM python:3.11-slim
# Nothing is installed from here on, so the installers go; ensurepip contains a pip and a setuptools.
RUN rm -r "$(python -c 'import ensurepip; print(*ensurepip.__path__)')" \
    && python -m pip uninstall --yes setuptools wheel pip
COPY --from=build /opt/ot2otel /opt/ot2otel
ENV PATH=/opt/ot2otel/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /home/ot2otel
USER 10001:10001
CMD ["ot2otel", "--help"]
