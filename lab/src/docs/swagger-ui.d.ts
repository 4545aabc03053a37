/** What we use of it; the package brings no types of its own. */
declare module "swagger-ui-dist/swagger-ui-es-bundle.js" {
  interface Page {
    preauthorizeApiKey(scheme: string, value: string): void;
  }
  export default function SwaggerUI(options: Record<string, unknown>): Page;
}
