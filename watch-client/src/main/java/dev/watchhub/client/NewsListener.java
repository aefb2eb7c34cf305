package dev.watchhub.client;

/** Is told what a {@link WatchLoop} hears, by its one thread. */
interface NewsListener {
  /** The source has said something. */
  void onNews(News news);

  /** The status has changed; after news it is that which the news has brought about. */
  void onStatus(WatchStatus status);
}
