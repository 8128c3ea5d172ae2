package dev.narrows.cli;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The demo's page: table, picture and settings in one HTML file that needs nothing else. */
final class DemoPage {

    private static final String STYLE = """
            body { font: 15px/1.5 system-ui, sans-serif; max-width: 1080px; margin: 2rem auto; padding: 0 1rem; color: #1a202c }
            h1 { margin-bottom: 0 }
            table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }
            th, td { padding: .35rem .6rem; border-bottom: 1px solid #e2e8f0; text-align: right; white-space: nowrap }
            th:first-child, td:first-child { text-align: left }
            th { background: #f7fafc }
            .scroll { overflow-x: auto }
            dt { font-weight: 600 } dd { margin: 0 0 .4rem 1rem }
            svg { max-width: 100%; height: auto }
            """;

    private DemoPage() {}

    static String html(
            String heading, String introduction, List<DemoResult> results, String svg, Map<String, String> settings) {
        StringBuilder page = new StringBuilder("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">");
        page.append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>")
                .append(escape(heading))
                .append("</title><style>\n")
                .append(STYLE)
                .append("</style></head><body>\n<h1>")
                .append(escape(heading))
                .append("</h1>\n<p>")
                .append(escape(introduction))
                .append("</p>\n<div class=\"scroll\"><table>\n<tr>");
        for (String column : DemoTable.COLUMNS) {
            page.append("<th>").append(escape(column)).append("</th>");
        }
        page.append("</tr>\n");
        for (DemoResult result : results) {
            page.append("<tr>");
            for (String cell : DemoTable.row(result)) {
                page.append("<td>").append(escape(cell)).append("</td>");
            }
            page.append("</tr>\n");
        }
        page.append("</table></div>\n").append(svg).append("\n<h2>How it was measured</h2>\n<dl>\n");
        settings.forEach((name, value) ->
                page.append(String.format(Locale.ROOT, "<dt>%s</dt><dd>%s</dd>%n", escape(name), escape(value))));
        return page.append("</dl>\n</body></html>\n").toString();
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
