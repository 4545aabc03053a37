import { pathOf, type Http, type Page, type Query } from "./http";

/** The most rows the server gives at once. */
const PAGE_ROWS = 100;
/** The catalogs shown in full are small; past this many rows a search is needed, not a longer list. */
const ROWS_MAX = 500;

/** A list that is fetched whole, once per key, until something in it changes; a failed fetch is forgotten. */
export class Catalog<T> {
  private fetched: Promise<T[]> | null = null;

  constructor(
    protected readonly http: Http,
    protected readonly path: string,
    private readonly query: Query = {},
  ) {}

  all(): Promise<T[]> {
    if (this.fetched) return this.fetched;
    const fetched = this.everyPage();
    fetched.catch(() => this.forget());
    this.fetched = fetched;
    return fetched;
  }

  get(id: string, signal?: AbortSignal): Promise<T> {
    return this.http.get(this.of(id), signal);
  }

  /** The next `all` asks the server. */
  forget(): void {
    this.fetched = null;
  }

  async delete(id: string): Promise<void> {
    await this.changed(this.http.delete(this.of(id)));
  }

  protected of(id: string): string {
    return `${this.path}/${encodeURIComponent(id)}`;
  }

  protected async changed<R>(answer: Promise<R>): Promise<R> {
    try {
      return await answer;
    } finally {
      this.forget();
    }
  }

  private async everyPage(): Promise<T[]> {
    const rows: T[] = [];
    for (let page: number | null = 1; page !== null && rows.length < ROWS_MAX; ) {
      const answer: Page<T> = await this.http.get(pathOf(this.path, { ...this.query, page, perPage: PAGE_ROWS }));
      rows.push(...answer.data);
      page = answer.meta.next;
    }
    return rows;
  }
}
