FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY . .
# The compiler is an optional peer of two packages that stay, so npm would keep its 31 MB.
RUN --mount=type=cache,target=/root/.npm \
  npm ci --no-audit --no-fund && npm prune --omit=dev --ignore-scripts --no-audit --no-fund && \
  rm -r node_modules/typescript node_modules/@typescript

FROM node:24-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 BURSAR_HOME=/data
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/templates/pdf/fonts ./templates/pdf/fonts
COPY --from=build /app/worker/http/page ./worker/http/page
COPY --from=build /app/dist ./dist
# Nothing but /data and /tmp is ever written, so the root file system may be read-only.
RUN install --directory --owner=node --group=node --mode=0755 /data
VOLUME /data
USER node
EXPOSE 3000
# A container without the http role has no port to ask: it lives as long as its process.
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 CMD ["node", "-e", \
  "const { ROLES = 'http', PORT } = process.env; if (ROLES.includes('http')) fetch('http://127.0.0.1:' + PORT + '/health/live').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "dist/worker/main.js"]
CMD ["start"]
