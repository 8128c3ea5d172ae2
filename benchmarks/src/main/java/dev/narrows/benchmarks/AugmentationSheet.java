package dev.narrows.benchmarks;

import dev.narrows.augment.Corruption;
import dev.narrows.augment.CorruptionSuite;
import dev.narrows.augment.Corruptions;
import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;

/**
 * A picture of every corruption of images at every severity, on a drawn scene of 64 × 64 pixels; the clean one stands
 * first. Writes {@code docs/results/augmentation.png}.
 *
 * <pre>
 * mvn -q -Dquickly -DskipTests package
 * java -cp "benchmarks/target/classes:benchmarks/target/lib/*" dev.narrows.benchmarks.AugmentationSheet
 * </pre>
 */
public final class AugmentationSheet {

    private static final int SIDE = 64;
    private static final int STEP = SIDE + 3;
    private static final int LABEL = 116;
    private static final int BLOCK = LABEL + (1 + Corruption.SEVERITIES) * STEP + 12;
    private static final int BLOCKS = 2;
    private static final long SEED = 1;

    private AugmentationSheet() {}

    public static void main(String[] arguments) throws IOException {
        List<Corruption> corruptions = Corruptions.images();
        int rows = (corruptions.size() + BLOCKS - 1) / BLOCKS;
        BufferedImage sheet = new BufferedImage(BLOCKS * BLOCK, rows * STEP + 3, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = sheet.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, sheet.getWidth(), sheet.getHeight());
        graphics.setColor(Color.BLACK);
        float[] clean = scene();
        for (int i = 0; i < corruptions.size(); i++) {
            int left = i / rows * BLOCK;
            int top = i % rows * STEP + 3;
            graphics.drawString(corruptions.get(i).name(), left + 4, top + SIDE / 2 + 4);
            graphics.drawImage(image(clean), left + LABEL, top, null);
            for (CorruptionSuite.Case one : new CorruptionSuite(List.of(corruptions.get(i)), SEED).cases()) {
                float[] disturbed = one.apply(clean, new long[] {3, SIDE, SIDE}, 0);
                graphics.drawImage(image(disturbed), left + LABEL + one.severity() * STEP, top, null);
            }
        }
        graphics.dispose();
        Path file = ResultFile.root().resolve("docs").resolve("results").resolve("augmentation.png");
        ImageIO.write(sheet, "png", file.toFile());
        System.out.println(file);
    }

    /** A house on a hill under the sun: (3, 64, 64) in [0, 1]. */
    private static float[] scene() {
        BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setPaint(new GradientPaint(0, 0, new Color(70, 130, 210), 0, SIDE, new Color(200, 220, 240)));
        graphics.fillRect(0, 0, SIDE, SIDE);
        graphics.setPaint(new Color(250, 220, 90));
        graphics.fillOval(46, 5, 12, 12);
        graphics.setPaint(new Color(70, 140, 60));
        graphics.fillOval(-20, 40, 104, 60);
        graphics.setPaint(new Color(215, 195, 165));
        graphics.fillRect(17, 28, 26, 22);
        graphics.setPaint(new Color(170, 50, 40));
        graphics.fillPolygon(new int[] {13, 30, 47}, new int[] {29, 13, 29}, 3);
        graphics.setPaint(new Color(90, 55, 35));
        graphics.fillRect(21, 38, 7, 12);
        graphics.setPaint(new Color(60, 80, 110));
        graphics.fillRect(32, 33, 7, 7);
        graphics.dispose();
        float[] values = new float[3 * SIDE * SIDE];
        for (int i = 0; i < SIDE * SIDE; i++) {
            int rgb = image.getRGB(i % SIDE, i / SIDE);
            values[i] = (rgb >> 16 & 255) / 255f;
            values[SIDE * SIDE + i] = (rgb >> 8 & 255) / 255f;
            values[2 * SIDE * SIDE + i] = (rgb & 255) / 255f;
        }
        return values;
    }

    private static BufferedImage image(float[] values) {
        BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < SIDE * SIDE; i++) {
            int red = Math.round(255 * values[i]);
            int green = Math.round(255 * values[SIDE * SIDE + i]);
            int blue = Math.round(255 * values[2 * SIDE * SIDE + i]);
            image.setRGB(i % SIDE, i / SIDE, red << 16 | green << 8 | blue);
        }
        return image;
    }
}
