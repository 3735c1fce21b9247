import type { Logger } from '../domain/logger.js';

/** The variables that most tools read; the lower-case name wins. */
const VARIABLES = { httpProxy: 'http_proxy', httpsProxy: 'https_proxy', noProxy: 'no_proxy' };

/**
 * Sends the requests of this process to bundle servers, webhooks and receivers of the decision log through the proxies
 * of HTTP_PROXY and HTTPS_PROXY, except to the hosts of NO_PROXY. Does nothing without the first two. Redis is never
 * reached through them. Throws with the variable when a proxy is no http or https URL.
 */
export async function useOutboundProxy(
  log: Logger,
  env: NodeJS.ProcessEnv = process.env,
): Promise<void> {
  const read = (name: string): string | undefined => {
    const value = env[name] ?? env[name.toUpperCase()];
    return value === '' ? undefined : value;
  };
  const [httpProxy, httpsProxy] = [read(VARIABLES.httpProxy), read(VARIABLES.httpsProxy)];
  if (httpProxy === undefined && httpsProxy === undefined) return;
  const shown = {
    http: hostOf(VARIABLES.httpProxy, httpProxy),
    https: hostOf(VARIABLES.httpsProxy, httpsProxy),
  };
  const { EnvHttpProxyAgent, setGlobalDispatcher } = await import('undici');
  setGlobalDispatcher(
    // An empty text, since the agent reads the variables itself where an option is absent.
    new EnvHttpProxyAgent({
      httpProxy: httpProxy ?? '',
      httpsProxy: httpsProxy ?? '',
      noProxy: read(VARIABLES.noProxy) ?? '',
    }),
  );
  log.info(shown, 'requests to other servers go through a proxy');
}

/** Returns the host for the log: the URL may hold a password. */
function hostOf(variable: string, value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new Error(`${variable.toUpperCase()} is no http or https URL`);
  }
  return url.host;
}
