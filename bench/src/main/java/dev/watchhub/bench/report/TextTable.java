package dev.watchhub.bench.report;

import java.util.ArrayList;
import java.util.List;

/** A table for the terminal, which is a Markdown table too. Built by one thread. */
public final class TextTable {
  private final List<List<String>> rows = new ArrayList<>();
  private final int columns;

  public TextTable(List<String> heads) {
    columns = heads.size();
    rows.add(List.copyOf(heads));
  }

  /** Adds a row. */
  public void row(List<String> cells) {
    if (cells.size() != columns) {
      throw new IllegalArgumentException(cells.size() + " cells for " + columns + " columns");
    }
    rows.add(List.copyOf(cells));
  }

  /** The lines, each ending in a newline; the first column leans left, the others right. */
  public String text() {
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(Math.max(widths[i], 3), row.get(i).length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (int r = 0; r < rows.size(); r++) {
      for (int i = 0; i < columns; i++) {
        String cell = rows.get(r).get(i);
        String pad = " ".repeat(widths[i] - cell.length());
        text.append("| ").append(i == 0 ? cell + pad : pad + cell).append(' ');
      }
      text.append("|\n");
      if (r == 0) {
        for (int i = 0; i < columns; i++) {
          text.append("| ").append("-".repeat(widths[i] - 1)).append(i == 0 ? "- " : ": ");
        }
        text.append("|\n");
      }
    }
    return text.toString();
  }
}
