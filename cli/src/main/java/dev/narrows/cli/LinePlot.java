package dev.narrows.cli;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.geom.Ellipse2D;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.LogAxis;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.NumberTickUnit;
import org.jfree.chart.axis.ValueAxis;
import org.jfree.chart.block.BlockBorder;
import org.jfree.chart.plot.ValueMarker;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYErrorRenderer;
import org.jfree.chart.ui.RectangleAnchor;
import org.jfree.chart.ui.TextAnchor;
import org.jfree.data.xy.YIntervalSeries;
import org.jfree.data.xy.YIntervalSeriesCollection;

/** A picture of lines with dots: series by name over one axis. */
final class LinePlot {

    private static final int WIDTH = 980;
    private static final int HEIGHT = 560;
    private static final Font PLAIN = new Font(Font.SANS_SERIF, Font.PLAIN, 13);
    private static final Font BOLD = new Font(Font.SANS_SERIF, Font.BOLD, 15);
    private static final Color GRID = new Color(0xdd, 0xdd, 0xdd);
    private static final Color MARK = new Color(0x1a, 0x20, 0x2c);
    private static final BasicStroke DASHED =
            new BasicStroke(1.5f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER, 10, new float[] {6, 4}, 0);
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
    private final int base;
    private final Map<String, YIntervalSeries> series = new LinkedHashMap<>();
    private final Set<String> marks = new HashSet<>();
    private final Set<String> dots = new HashSet<>();
    private final List<ValueMarker> limits = new ArrayList<>();

    /** @param logarithmic whether the axis across has a decade a step */
    LinePlot(String title, String across, String up, boolean logarithmic) {
        this(title, across, up, logarithmic ? 10 : 0);
    }

    /** @param base of the logarithm of the axis across, a power of which is a step; 0 for an axis without */
    LinePlot(String title, String across, String up, int base) {
        this.title = title;
        this.across = across;
        this.up = up;
        this.base = base;
    }

    LinePlot add(String name, double x, double y) {
        return add(name, x, y, 0);
    }

    /** @param deviation drawn as a bar above and below */
    LinePlot add(String name, double x, double y, double deviation) {
        series.computeIfAbsent(name, key -> new YIntervalSeries(key)).add(x, y, y - deviation, y + deviation);
        return this;
    }

    /** Points without a line. */
    LinePlot dot(String name, double x, double y) {
        dots.add(name);
        return add(name, x, y);
    }

    /** A line at one height. */
    LinePlot limit(String name, double y) {
        ValueMarker marker = new ValueMarker(y, MARK, DASHED);
        marker.setLabel(name);
        marker.setLabelFont(PLAIN);
        marker.setLabelBackgroundColor(new Color(0, true));
        marker.setLabelAnchor(RectangleAnchor.TOP_RIGHT);
        marker.setLabelTextAnchor(TextAnchor.BOTTOM_RIGHT);
        limits.add(marker);
        return this;
    }

    /** Points without a line, larger than the rest. */
    LinePlot mark(String name, double x, double y) {
        marks.add(name);
        return add(name, x, y);
    }

    void write(Path file) throws IOException {
        Picture.write(file, chart(), WIDTH, HEIGHT);
    }

    /** The picture as an element of a page, see {@link Picture#element}. */
    String element(String key, String description) {
        return Picture.element(chart(), WIDTH, HEIGHT, key, description);
    }

    private JFreeChart chart() {
        YIntervalSeriesCollection data = new YIntervalSeriesCollection();
        series.values().forEach(data::addSeries);
        NumberAxis vertical = new NumberAxis(up);
        vertical.setAutoRangeIncludesZero(false);
        XYErrorRenderer renderer = new XYErrorRenderer();
        renderer.setDrawXError(false);
        renderer.setDefaultLinesVisible(true);
        for (int i = 0; i < series.size(); i++) {
            renderer.setSeriesPaint(i, COLORS[i % COLORS.length]);
            renderer.setSeriesStroke(i, new BasicStroke(2));
            String name = String.valueOf(data.getSeriesKey(i));
            if (dots.contains(name)) {
                renderer.setSeriesLinesVisible(i, false);
            }
            if (marks.contains(name)) {
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
        limits.forEach(plot::addRangeMarker);
        JFreeChart chart = new JFreeChart(title, BOLD, plot, true);
        chart.setBackgroundPaint(Color.WHITE);
        chart.getLegend().setItemFont(PLAIN);
        chart.getLegend().setFrame(BlockBorder.NONE);
        return chart;
    }

    private ValueAxis horizontal() {
        if (base == 0) {
            NumberAxis axis = new NumberAxis(across);
            axis.setAutoRangeIncludesZero(dots.isEmpty());
            return axis;
        }
        LogAxis axis = new LogAxis(across);
        axis.setBase(base);
        axis.setTickUnit(new NumberTickUnit(1)); // a power of the base
        axis.setNumberFormatOverride(new java.text.DecimalFormat("#,###.##"));
        return axis;
    }
}
