package dev.narrows.cli;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.jfree.chart.ChartFactory;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.LogAxis;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.NumberTickUnit;
import org.jfree.chart.labels.ItemLabelAnchor;
import org.jfree.chart.labels.ItemLabelPosition;
import org.jfree.chart.labels.StandardCategoryItemLabelGenerator;
import org.jfree.chart.plot.CategoryPlot;
import org.jfree.chart.plot.PlotOrientation;
import org.jfree.chart.renderer.category.BarRenderer;
import org.jfree.chart.renderer.category.StackedBarRenderer;
import org.jfree.chart.renderer.category.StandardBarPainter;
import org.jfree.chart.ui.TextAnchor;
import org.jfree.data.category.CategoryDataset;
import org.jfree.data.category.DefaultCategoryDataset;
import org.jfree.svg.SVGGraphics2D;

/** The demo's picture: where the time goes, and how many bytes go up, scenario by scenario. */
final class DemoCharts {

    private static final int WIDTH = 980;
    private static final int PANEL_HEIGHT = 440;
    private static final Font PLAIN = new Font(Font.SANS_SERIF, Font.PLAIN, 13);
    private static final Font BOLD = new Font(Font.SANS_SERIF, Font.BOLD, 15);
    private static final Color DEVICE = new Color(0x2b, 0x6c, 0xb0);
    private static final Color LINK = new Color(0xdd, 0x9b, 0x2f);
    private static final Color CLOUD = new Color(0x38, 0xa1, 0x69);

    private final JFreeChart time;
    private final JFreeChart bytes;

    DemoCharts(List<DemoResult> results, String subtitle) {
        time = timeChart(results, subtitle);
        bytes = bytesChart(results);
    }

    private static JFreeChart timeChart(List<DemoResult> results, String subtitle) {
        DefaultCategoryDataset data = new DefaultCategoryDataset();
        for (DemoResult result : results) {
            data.addValue(result.deviceMillis(), "device computes", result.scenario());
            data.addValue(result.linkMillis(), "link and waiting", result.scenario());
            data.addValue(result.cloudMillis(), "cloud computes", result.scenario());
        }
        JFreeChart chart = ChartFactory.createStackedBarChart(
                "Mean time per order: " + subtitle,
                null,
                "milliseconds",
                data,
                PlotOrientation.HORIZONTAL,
                true,
                false,
                false);
        StackedBarRenderer renderer = new StackedBarRenderer();
        renderer.setSeriesPaint(0, DEVICE);
        renderer.setSeriesPaint(1, LINK);
        renderer.setSeriesPaint(2, CLOUD);
        style(chart, renderer);
        return chart;
    }

    private static JFreeChart bytesChart(List<DemoResult> results) {
        DefaultCategoryDataset data = new DefaultCategoryDataset();
        for (DemoResult result : results) {
            // A logarithmic axis has no 0: what sends nothing shows no bar.
            data.addValue(result.codeBytesUp() > 0 ? result.codeBytesUp() : null, "bytes up", result.scenario());
        }
        JFreeChart chart = ChartFactory.createBarChart(
                "Bytes up per order (code, without headers; logarithmic)",
                null,
                "bytes",
                data,
                PlotOrientation.HORIZONTAL,
                false,
                false,
                false);
        BarRenderer renderer = new BarRenderer();
        renderer.setSeriesPaint(0, LINK);
        renderer.setDefaultItemLabelGenerator(new StandardCategoryItemLabelGenerator() {
            @Override
            public String generateLabel(CategoryDataset dataset, int row, int column) {
                DemoResult result = results.get(column);
                return String.format(
                        java.util.Locale.ROOT,
                        "%.0f bytes, %.1f %% right",
                        result.codeBytesUp(),
                        result.accuracyPercent());
            }
        });
        renderer.setDefaultItemLabelsVisible(true);
        renderer.setDefaultItemLabelFont(PLAIN);
        renderer.setDefaultPositiveItemLabelPosition(
                new ItemLabelPosition(ItemLabelAnchor.OUTSIDE3, TextAnchor.CENTER_LEFT));
        style(chart, renderer);
        LogAxis axis = new LogAxis("bytes");
        axis.setSmallestValue(1);
        axis.setRange(10, 1e6);
        axis.setTickUnit(new NumberTickUnit(1)); // a power of ten
        axis.setNumberFormatOverride(new java.text.DecimalFormat("#,###"));
        axis.setTickLabelFont(PLAIN);
        chart.getCategoryPlot().setRangeAxis(axis);
        renderer.setBase(10);
        return chart;
    }

    private static void style(JFreeChart chart, BarRenderer renderer) {
        chart.setBackgroundPaint(Color.WHITE);
        chart.getTitle().setFont(BOLD);
        CategoryPlot plot = chart.getCategoryPlot();
        plot.setRenderer(renderer);
        plot.setBackgroundPaint(Color.WHITE);
        plot.setRangeGridlinePaint(new Color(0xdd, 0xdd, 0xdd));
        plot.setOutlineVisible(false);
        plot.getDomainAxis().setTickLabelFont(PLAIN);
        plot.getDomainAxis().setMaximumCategoryLabelWidthRatio(0.4f);
        if (plot.getRangeAxis() instanceof NumberAxis axis) {
            axis.setTickLabelFont(PLAIN);
        }
        renderer.setBarPainter(new StandardBarPainter());
        renderer.setShadowVisible(false);
        renderer.setDrawBarOutline(false);
        if (chart.getLegend() != null) {
            chart.getLegend().setItemFont(PLAIN);
            chart.getLegend().setFrame(org.jfree.chart.block.BlockBorder.NONE);
        }
    }

    /** The picture as an SVG element. */
    String svg() {
        SVGGraphics2D graphics = new SVGGraphics2D(WIDTH, 2 * PANEL_HEIGHT);
        draw(graphics);
        return graphics.getSVGElement();
    }

    /** Writes {@code latency-and-bytes.svg} and {@code .png} into a directory. */
    void write(Path directory) throws IOException {
        Files.writeString(directory.resolve("latency-and-bytes.svg"), svg());
        BufferedImage image = new BufferedImage(WIDTH, 2 * PANEL_HEIGHT, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        try {
            graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
            draw(graphics);
        } finally {
            graphics.dispose();
        }
        ImageIO.write(image, "png", directory.resolve("latency-and-bytes.png").toFile());
    }

    private void draw(Graphics2D graphics) {
        time.draw(graphics, new Rectangle2D.Double(0, 0, WIDTH, PANEL_HEIGHT));
        bytes.draw(graphics, new Rectangle2D.Double(0, PANEL_HEIGHT, WIDTH, PANEL_HEIGHT));
    }
}
