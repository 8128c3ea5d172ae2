package dev.narrows.cli;

import java.awt.Color;
import java.awt.Font;
import org.jfree.chart.ChartFactory;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.AxisLocation;
import org.jfree.chart.block.BlockBorder;
import org.jfree.chart.plot.CategoryPlot;
import org.jfree.chart.plot.PlotOrientation;
import org.jfree.chart.renderer.category.BarRenderer;
import org.jfree.chart.renderer.category.StandardBarPainter;
import org.jfree.data.category.DefaultCategoryDataset;

/** A picture of lying bars: a row for each name, a bar in it for each series. */
final class BarPlot {

    private static final int WIDTH = 980;
    private static final int BAR = 13; // pixels
    private static final int AROUND = 130; // of title, axis and legend
    private static final int LONGEST_NAME = 40;
    private static final Font PLAIN = new Font(Font.SANS_SERIF, Font.PLAIN, 13);
    private static final Font BOLD = new Font(Font.SANS_SERIF, Font.BOLD, 15);
    private static final Color[] COLORS = {
        new Color(0x2b, 0x6c, 0xb0),
        new Color(0xdd, 0x9b, 0x2f),
        new Color(0x38, 0xa1, 0x69),
        new Color(0xc5, 0x30, 0x30)
    };

    private final String title;
    private final String along;
    private final DefaultCategoryDataset data = new DefaultCategoryDataset();

    BarPlot(String title, String along) {
        this.title = title;
        this.along = along;
    }

    /** What is not finite has no bar. */
    BarPlot add(String series, String name, double value) {
        data.addValue(Double.isFinite(value) ? value : null, series, shortened(name));
        return this;
    }

    private static String shortened(String name) {
        return name.length() <= LONGEST_NAME ? name : "…" + name.substring(name.length() - LONGEST_NAME);
    }

    String element(String key, String description) {
        JFreeChart chart = ChartFactory.createBarChart(
                title, null, along, data, PlotOrientation.HORIZONTAL, data.getRowCount() > 1, false, false);
        BarRenderer renderer = new BarRenderer();
        renderer.setBarPainter(new StandardBarPainter());
        renderer.setShadowVisible(false);
        renderer.setItemMargin(0);
        for (int i = 0; i < data.getRowCount(); i++) {
            renderer.setSeriesPaint(i, COLORS[i % COLORS.length]);
        }
        chart.setBackgroundPaint(Color.WHITE);
        chart.getTitle().setFont(BOLD);
        CategoryPlot plot = chart.getCategoryPlot();
        plot.setRenderer(renderer);
        plot.setBackgroundPaint(Color.WHITE);
        plot.setRangeGridlinePaint(new Color(0xdd, 0xdd, 0xdd));
        plot.setOutlineVisible(false);
        plot.setRangeAxisLocation(AxisLocation.BOTTOM_OR_LEFT);
        plot.getDomainAxis().setTickLabelFont(PLAIN);
        plot.getDomainAxis().setMaximumCategoryLabelWidthRatio(0.4f);
        plot.getRangeAxis().setTickLabelFont(PLAIN);
        if (chart.getLegend() != null) {
            chart.getLegend().setItemFont(PLAIN);
            chart.getLegend().setFrame(BlockBorder.NONE);
        }
        int height = AROUND + data.getColumnCount() * (BAR * data.getRowCount() + BAR / 2);
        return Picture.element(chart, WIDTH, height, key, description);
    }
}
