package dev.narrows.cli;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import javax.imageio.ImageIO;
import org.jfree.chart.JFreeChart;
import org.jfree.svg.SVGGraphics2D;
import org.jfree.svg.ViewBox;

/** Charts as files: SVG or PNG, by the name's ending. */
final class Picture {

    private Picture() {}

    /** Refuses a file that is neither SVG nor PNG, before anything is computed. */
    static void check(Path file) {
        if (!isSvg(file) && !ending(file).endsWith(".png")) {
            throw new WrongUseException("picture: \"" + file + "\" (expected: a name that ends in .svg or .png)");
        }
    }

    static void write(Path file, JFreeChart chart, int width, int height) throws IOException {
        Rectangle2D area = new Rectangle2D.Double(0, 0, width, height);
        if (isSvg(file)) {
            SVGGraphics2D graphics = new SVGGraphics2D(width, height);
            graphics.setDefsKeyPrefix("chart"); // else the same picture would differ from time to time
            chart.draw(graphics, area);
            Files.writeString(file, graphics.getSVGDocument());
            return;
        }
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        try {
            graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
            chart.draw(graphics, area);
        } finally {
            graphics.dispose();
        }
        if (!ImageIO.write(image, "png", file.toFile())) {
            throw new IOException("no writer of PNG files");
        }
    }

    /**
     * The chart as an SVG element for a page, as wide as there is room.
     *
     * @param key of its own among the page's charts
     * @param description for those who do not see it
     */
    static String element(JFreeChart chart, int width, int height, String key, String description) {
        SVGGraphics2D graphics = new SVGGraphics2D(width, height);
        graphics.setDefsKeyPrefix(key);
        chart.draw(graphics, new Rectangle2D.Double(0, 0, width, height));
        String svg = graphics.getSVGElement(key, false, new ViewBox(0, 0, width, height), null, null);
        return svg.replaceFirst(
                "<svg ",
                Matcher.quoteReplacement("<svg role=\"img\" aria-label=\"" + HtmlPage.escape(description) + "\" "));
    }

    private static boolean isSvg(Path file) {
        return ending(file).endsWith(".svg");
    }

    private static String ending(Path file) {
        return String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    }
}
