package dev.narrows.cli;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.geom.Ellipse2D;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.LogAxis;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.NumberTickUnit;
import org.jfree.chart.axis.ValueAxis;
import org.jfree.chart.block.BlockBorder;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;

/** A picture of lines with dots: series by name over one axis. */
final class LinePlot {

    private static final int WIDTH = 980;
    private static final int HEIGHT = 560;
    private static final Font PLAIN = new Font(Font.SANS_SERIF, Font.PLAIN, 13);
    private static final Font BOLD = new Font(Font.SANS_SERIF, Font.BOLD, 15);
    private static final Color GRID = new Color(0xdd, 0xdd, 0xdd);
    private static final Color MARK = new Color(0x1a, 0x20, 0x2c);
    private static final Color[] COLORS = {
        new Color(0x2b, 0x6c, 0xb0),
        new Color(0xdd, 0x9b, 0x2f),
        new Color(0x38, 0xa1, 0x69),
        new Color(0xc5, 0x30, 0x30),
        new Color(0x80, 0x5a, 0xd5),
        new Color(0x71, 0x80, 0x96)
    };

    private final String title;
    private final String across;
    private final String up;
    private final boolean logarithmic;
    private final Map<String, XYSeries> series = new LinkedHashMap<>();
    private final Set<String> marks = new HashSet<>();

    /** @param logarithmic whether the axis across has a decade a step */
    LinePlot(String title, String across, String up, boolean logarithmic) {
        this.title = title;
        this.across = across;
        this.up = up;
        this.logarithmic = logarithmic;
    }

    LinePlot add(String name, double x, double y) {
        series.computeIfAbsent(name, key -> new XYSeries(key)).add(x, y);
        return this;
    }

    /** Points without a line, larger than the rest. */
    LinePlot mark(String name, double x, double y) {
        marks.add(name);
        return add(name, x, y);
    }

    void write(Path file) throws IOException {
        XYSeriesCollection data = new XYSeriesCollection();
        series.values().forEach(data::addSeries);
        NumberAxis vertical = new NumberAxis(up);
        vertical.setAutoRangeIncludesZero(false);
        XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer(true, true);
        for (int i = 0; i < series.size(); i++) {
            renderer.setSeriesPaint(i, COLORS[i % COLORS.length]);
            renderer.setSeriesStroke(i, new BasicStroke(2));
            if (marks.contains(String.valueOf(data.getSeriesKey(i)))) {
                renderer.setSeriesPaint(i, MARK);
                renderer.setSeriesLinesVisible(i, false);
                renderer.setSeriesShapesFilled(i, false);
                renderer.setSeriesOutlineStroke(i, new BasicStroke(2));
                renderer.setSeriesShape(i, new Ellipse2D.Double(-8, -8, 16, 16));
            }
        }
        XYPlot plot = new XYPlot(data, horizontal(), vertical, renderer);
        plot.setBackgroundPaint(Color.WHITE);
        plot.setDomainGridlinePaint(GRID);
        plot.setRangeGridlinePaint(GRID);
        JFreeChart chart = new JFreeChart(title, BOLD, plot, true);
        chart.setBackgroundPaint(Color.WHITE);
        chart.getLegend().setItemFont(PLAIN);
        chart.getLegend().setFrame(BlockBorder.NONE);
        Picture.write(file, chart, WIDTH, HEIGHT);
    }

    private ValueAxis horizontal() {
        if (!logarithmic) {
            return new NumberAxis(across);
        }
        LogAxis axis = new LogAxis(across);
        axis.setTickUnit(new NumberTickUnit(1)); // a power of ten
        axis.setNumberFormatOverride(new java.text.DecimalFormat("#,###.##"));
        return axis;
    }
}
