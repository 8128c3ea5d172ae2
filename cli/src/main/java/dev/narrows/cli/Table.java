package dev.narrows.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Rows of text in aligned columns, two spaces apart, under a heading. */
final class Table {

    private static final String GAP = "  ";

    private final List<String> columns;
    private final List<List<String>> rows = new ArrayList<>();

    /** A table with these columns; those that begin with {@code >} are aligned to the right. */
    Table(String... columns) {
        this.columns = List.of(columns);
    }

    Table row(String... cells) {
        if (cells.length != columns.size()) {
            throw new IllegalArgumentException("cells: " + cells.length + " (expected: " + columns.size() + ")");
        }
        rows.add(List.of(cells));
        return this;
    }

    List<String> heading() {
        return columns.stream()
                .map(column -> right(column) ? column.substring(1) : column)
                .toList();
    }

    List<List<String>> rows() {
        return List.copyOf(rows);
    }

    boolean isRight(int column) {
        return right(columns.get(column));
    }

    void print(PrintWriter out) {
        List<String> heading = heading();
        int[] widths = new int[columns.size()];
        widen(widths, heading);
        rows.forEach(row -> widen(widths, row));
        out.println(line(widths, heading));
        rows.forEach(row -> out.println(line(widths, row)));
    }

    private static boolean right(String column) {
        return column.startsWith(">");
    }

    private static void widen(int[] widths, List<String> cells) {
        for (int i = 0; i < widths.length; i++) {
            widths[i] = Math.max(widths[i], length(cells.get(i)));
        }
    }

    private String line(int[] widths, List<String> cells) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            String cell = cells.get(i);
            String padding = " ".repeat(widths[i] - length(cell));
            line.append(i == 0 ? "" : GAP).append(right(columns.get(i)) ? padding + cell : cell + padding);
        }
        return line.toString().stripTrailing();
    }

    private static int length(String cell) {
        return cell.codePointCount(0, cell.length());
    }
}
