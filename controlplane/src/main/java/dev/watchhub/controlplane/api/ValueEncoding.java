package dev.watchhub.controlplane.api;

/** How the value of a typed collection is written into the table; both ways are read. */
public enum ValueEncoding {
  /** As compact JSON. */
  JSON,
  /** As base64 of it, which data planes of the original demo expect. */
  BASE64
}
