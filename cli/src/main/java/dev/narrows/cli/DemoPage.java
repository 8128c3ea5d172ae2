package dev.narrows.cli;

import java.util.List;
import java.util.Map;

/** The demo's page: table, picture and settings in one HTML file that needs nothing else. */
final class DemoPage {

    private DemoPage() {}

    static String html(
            String heading, String introduction, List<DemoResult> results, String svg, Map<String, String> settings) {
        return new HtmlPage(heading, introduction)
                .table(DemoTable.of(results))
                .picture(svg)
                .section("How it was measured")
                .list(settings)
                .html();
    }
}
