package dev.watchhub.sql;

import java.util.List;

/**
 * What an installation did.
 *
 * @param created whether there was no schema of this kind before: neither ours nor the demo's table
 * @param files names of the files that ran, in order; empty when the schema was up to date
 */
public record Installed(boolean created, List<String> files) {
  public Installed {
    files = List.copyOf(files);
  }
}
