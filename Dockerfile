# Não pôde ser construída onde o projeto é desenvolvido (sem Docker): confira na primeira vez com os comandos abaixo.
#   docker build -t pvmonitor .
#   docker run -d --name pvmonitor --read-only --cap-drop=ALL --security-opt=no-new-privileges --restart=on-failure \
#     --env-file .env -v pvmonitor:/data -p 127.0.0.1:8787:8787 pvmonitor
# A página: o 127.0.0.1 de dentro não é o de fora. No .env, WEB_HOST=0.0.0.0 e WEB_TOKEN (ou WEB_TOKEN_FILE); sem os dois ela só é vista de dentro.
# Sem usuário root; escreve só em /data (estado e logs). Segredos também por arquivo: -e PVOP_PASSWORD_FILE=/run/secrets/…
# Um pvmonitor.yaml, se houver, monta-se em /data/pvmonitor.yaml.

# 1. A página, montada com os pacotes de desenvolvimento; depois só os de produção, com o Node 26 que o pacote "node" traz.
FROM node:24-trixie-slim AS dependencies
RUN apt-get update \
 && apt-get install -y --no-install-recommends libatomic1 \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY package.json package-lock.json ./
COPY web ./web
COPY src/api ./src/api
RUN npm ci --no-audit --no-fund \
 && npm run build \
 && npm prune --omit=dev --no-audit --no-fund \
 && node_modules/node/bin/node --version

# 2. A imagem que roda: Debian, o que o Node precisa (libatomic1) e o programa.
FROM debian:trixie-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates libatomic1 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin pvmonitor \
 && install -d -o 10001 -g 10001 -m 0700 /data
COPY --from=dependencies /app/node_modules /app/node_modules
COPY --from=dependencies /app/dist /app/dist
COPY package.json LICENSE /app/
COPY src /app/src
ENV STATE_DIR=/data/state LOG_DIR=/data/logs NODE_ENV=production NODE_COMPILE_CACHE=/data/cache MALLOC_ARENA_MAX=1
VOLUME /data
WORKDIR /data
USER 10001:10001
STOPSIGNAL SIGTERM
ENTRYPOINT ["/app/node_modules/node/bin/node", "--max-semi-space-size=4", "--initial-old-space-size=32", "--heap-growing-percent=80", "--no-parallel-scavenge", "--no-regexp-tier-up", "/app/src/main.ts"]
CMD ["run"]
