package dev.narrows.cli;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.geom.Ellipse2D;
import java.io.IOException;
import java.nio.file.Path;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.annotations.XYTextAnnotation;
import org.jfree.chart.axis.LogAxis;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.NumberTickUnit;
import org.jfree.chart.block.BlockBorder;
import org.jfree.chart.plot.ValueMarker;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.chart.renderer.xy.XYStepRenderer;
import org.jfree.chart.ui.RectangleAnchor;
import org.jfree.chart.ui.TextAnchor;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;

/** The picture of a network's cuts: how wide each is against how much of the work lies before it. */
final class CutPlot {

    private static final int WIDTH = 980;
    private static final int HEIGHT = 560;
    private static final int LABELS = 4;
    private static final Font PLAIN = new Font(Font.SANS_SERIF, Font.PLAIN, 13);
    private static final Font BOLD = new Font(Font.SANS_SERIF, Font.BOLD, 15);
    private static final Color BETWEEN = new Color(0x2b, 0x6c, 0xb0);
    private static final Color INSIDE = new Color(0xdd, 0x9b, 0x2f);
    private static final Color NARROWEST = new Color(0x38, 0xa1, 0x69);
    private static final Color GRID = new Color(0xdd, 0xdd, 0xdd);

    private CutPlot() {}

    static void write(Path file, String model, Inspection inspection) throws IOException {
        Picture.write(file, chart(model, inspection), WIDTH, HEIGHT);
    }

    private static JFreeChart chart(String model, Inspection inspection) {
        XYSeries between = new XYSeries("between fusions", false);
        XYSeries inside = new XYSeries("inside a fusion", false);
        XYSeries narrowest = new XYSeries("narrowest so far", false);
        for (Inspection.Row row : inspection.rows()) {
            // A logarithmic axis has no 0.
            double width = Math.max(1, row.cut().widthBytes());
            (row.cut().fusionBoundary() ? between : inside).add(100 * row.share(), width);
            if (row.narrowest()) {
                narrowest.add(100 * row.share(), width);
            }
        }
        XYPlot plot = new XYPlot();
        NumberAxis work = new NumberAxis("multiply-accumulates on the device, % of the network's");
        work.setRange(-2, 102);
        LogAxis width = new LogAxis("width for one item, bytes");
        width.setSmallestValue(1);
        width.setRange(decade(inspection, false), decade(inspection, true));
        width.setTickUnit(new NumberTickUnit(1)); // a power of ten
        width.setNumberFormatOverride(new java.text.DecimalFormat("#,###"));
        plot.setDomainAxis(work);
        plot.setRangeAxis(width);
        XYSeriesCollection cuts = new XYSeriesCollection();
        cuts.addSeries(between);
        cuts.addSeries(inside);
        plot.setDataset(0, cuts);
        plot.setRenderer(0, dots());
        plot.setDataset(1, new XYSeriesCollection(narrowest));
        XYStepRenderer steps = new XYStepRenderer();
        steps.setSeriesPaint(0, NARROWEST);
        steps.setSeriesStroke(0, new BasicStroke(2));
        plot.setRenderer(1, steps);
        plot.addRangeMarker(inputMarker(inspection));
        label(plot, inspection);
        style(plot);
        JFreeChart chart = new JFreeChart("Cuts of " + model, BOLD, plot, true);
        chart.setBackgroundPaint(Color.WHITE);
        chart.getLegend().setItemFont(PLAIN);
        chart.getLegend().setFrame(BlockBorder.NONE);
        return chart;
    }

    /** The power of ten below all widths, or above. */
    private static double decade(Inspection inspection, boolean above) {
        double bound = Math.log10((double) Math.max(1, inspection.inputBytes()));
        double exponent = above ? Math.floor(bound) + 1 : Math.floor(bound);
        for (Inspection.Row row : inspection.rows()) {
            double width = Math.log10((double) Math.max(1, row.cut().widthBytes()));
            exponent = above ? Math.max(exponent, Math.floor(width) + 1) : Math.min(exponent, Math.floor(width));
        }
        return Math.pow(10, exponent);
    }

    private static XYLineAndShapeRenderer dots() {
        XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer(false, true);
        for (int series = 0; series < 2; series++) {
            renderer.setSeriesShape(series, new Ellipse2D.Double(-3.5, -3.5, 7, 7));
            renderer.setSeriesShapesFilled(series, series == 0);
        }
        renderer.setSeriesPaint(0, BETWEEN);
        renderer.setSeriesPaint(1, INSIDE);
        return renderer;
    }

    private static ValueMarker inputMarker(Inspection inspection) {
        ValueMarker marker = new ValueMarker(Math.max(1, inspection.inputBytes()), Color.GRAY, new BasicStroke(1));
        marker.setLabel("input");
        marker.setLabelFont(PLAIN);
        marker.setLabelBackgroundColor(Color.WHITE);
        marker.setLabelAnchor(RectangleAnchor.TOP_RIGHT);
        marker.setLabelTextAnchor(TextAnchor.BOTTOM_RIGHT);
        return marker;
    }

    /** The names of the last few of the narrowest: further right the widths are too near each other to tell apart. */
    private static void label(XYPlot plot, Inspection inspection) {
        var narrowest =
                inspection.rows().stream().filter(Inspection.Row::narrowest).toList();
        for (Inspection.Row row : narrowest.subList(Math.max(0, narrowest.size() - LABELS), narrowest.size())) {
            String name = row.cut().name();
            XYTextAnnotation text = new XYTextAnnotation(
                    name.length() > 30 ? name.substring(0, 29) + "…" : name,
                    100 * row.share(),
                    Math.max(1, row.cut().widthBytes()));
            text.setFont(PLAIN);
            text.setTextAnchor(row.share() > 0.6 ? TextAnchor.TOP_RIGHT : TextAnchor.TOP_LEFT);
            plot.addAnnotation(text);
        }
    }

    private static void style(XYPlot plot) {
        plot.setBackgroundPaint(Color.WHITE);
        plot.setDomainGridlinePaint(GRID);
        plot.setRangeGridlinePaint(GRID);
        plot.setOutlineVisible(false);
        plot.getDomainAxis().setTickLabelFont(PLAIN);
        plot.getDomainAxis().setLabelFont(PLAIN);
        plot.getRangeAxis().setTickLabelFont(PLAIN);
        plot.getRangeAxis().setLabelFont(PLAIN);
    }
}
