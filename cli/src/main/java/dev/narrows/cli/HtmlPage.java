package dev.narrows.cli;

import java.util.List;
import java.util.Map;

/** A page in one HTML file that needs nothing else: paragraphs, pictures, tables. Well-formed as XML too. */
final class HtmlPage {

    private static final String STYLE = """
            :root { color-scheme: light dark; --text: #1a202c; --back: #fff; --line: #e2e8f0; --head: #f7fafc }
            @media (prefers-color-scheme: dark) {
              :root { --text: #e2e8f0; --back: #171923; --line: #2d3748; --head: #1f2733 }
            }
            body { font: 15px/1.5 system-ui, sans-serif; max-width: 1080px; margin: 2rem auto; padding: 0 1rem;
              color: var(--text); background: var(--back) }
            h1 { margin-bottom: 0 } h2 { margin-top: 2.5rem }
            table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }
            th, td { padding: .35rem .6rem; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap }
            .text { text-align: left }
            th { background: var(--head) }
            .scroll { overflow-x: auto }
            dt { font-weight: 600 } dd { margin: 0 0 .4rem 1rem }
            figure { margin: 1rem 0; background: #fff; padding: .5rem; border-radius: 6px }
            svg { max-width: 100%; height: auto; display: block }
            summary { cursor: pointer }
            """;

    private final StringBuilder page = new StringBuilder();

    HtmlPage(String heading, String introduction) {
        page.append("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"/>")
                .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/><title>")
                .append(escape(heading))
                .append("</title><style>\n")
                .append(STYLE)
                .append("</style></head><body>\n<h1>")
                .append(escape(heading))
                .append("</h1>\n");
        paragraph(introduction);
    }

    HtmlPage section(String heading) {
        page.append("<h2>").append(escape(heading)).append("</h2>\n");
        return this;
    }

    HtmlPage paragraph(String text) {
        page.append("<p>").append(escape(text)).append("</p>\n");
        return this;
    }

    /** @param svg an element, see {@link Picture#element} */
    HtmlPage picture(String svg) {
        page.append("<figure>").append(svg).append("</figure>\n");
        return this;
    }

    HtmlPage table(Table table) {
        page.append("<div class=\"scroll\"><table>\n<thead>");
        row("th", table, table.heading());
        page.append("</thead>\n<tbody>\n");
        table.rows().forEach(row -> row("td", table, row));
        page.append("</tbody></table></div>\n");
        return this;
    }

    /** A table that is shown when it is asked for. */
    HtmlPage folded(String summary, Table table) {
        page.append("<details><summary>").append(escape(summary)).append("</summary>\n");
        table(table);
        page.append("</details>\n");
        return this;
    }

    HtmlPage list(Map<String, String> meanings) {
        page.append("<dl>\n");
        meanings.forEach((name, value) -> page.append("<dt>")
                .append(escape(name))
                .append("</dt><dd>")
                .append(escape(value))
                .append("</dd>\n"));
        page.append("</dl>\n");
        return this;
    }

    String html() {
        return page + "</body></html>\n";
    }

    private void row(String tag, Table table, List<String> cells) {
        page.append("<tr>");
        for (int i = 0; i < cells.size(); i++) {
            page.append('<')
                    .append(tag)
                    .append(tag.equals("th") ? " scope=\"col\"" : "")
                    .append(table.isRight(i) ? ">" : " class=\"text\">")
                    .append(escape(cells.get(i)))
                    .append("</")
                    .append(tag)
                    .append('>');
        }
        page.append("</tr>\n");
    }

    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
