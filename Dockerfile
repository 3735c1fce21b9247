# Linted and its steps run outside a container by `npm test`; the image itself has not been built there.
# syntax=docker/dockerfile:1

FROM node:22-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --include=dev
COPY tsconfig.json tsconfig.build.json ./
COPY scripts ./scripts
COPY src ./src
COPY rego/schemas ./rego/schemas
RUN node scripts/build.mjs
# The compiler and the tests' packages stay behind in this stage.
RUN npm prune --omit=dev

FROM node:22-slim
ENV NODE_ENV=production
ENV COUNTERSIGN_PROFILE=production
ENV COUNTERSIGN_CONFIG=/etc/countersign/countersign.yaml
ENV COUNTERSIGN_DATA_DIR=/var/lib/countersign
WORKDIR /app
COPY package.json LICENSE ./
COPY bundles ./bundles
COPY rego/schemas ./rego/schemas
COPY rego/capabilities.json ./rego/capabilities.json
COPY rego/examples ./rego/examples
COPY rego/frame ./rego/frame
COPY docs/errors ./docs/errors
COPY --from=build /build/node_modules ./node_modules
COPY --from=build /build/dist ./dist
# Owned by root and not writable for the service; the data folder is the one place it writes to.
RUN install -d -o node -g node -m 0700 /var/lib/countersign
VOLUME /var/lib/countersign
USER node
EXPOSE 8484
# The admin listener stays on the container's loopback; health is asked from inside.
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8485/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "dist/main.js"]
CMD ["serve"]
