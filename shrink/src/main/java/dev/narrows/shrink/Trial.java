package dev.narrows.shrink;

import dev.narrows.errors.MalformedException;
import java.util.List;
import java.util.stream.Stream;

/**
 * A recipe that was tried, and what its network was measured to be.
 *
 * @param stage of the search: {@code fuse}, {@code bytes}, {@code set}, {@code step}, {@code block}, {@code shallow}
 *     or {@code finish}
 * @param recipe see {@link Recipe#text}
 * @param channels the share of removable channels that is left, 0 to 1
 * @param epochs that it was taught
 * @param bits 32 or 8, of the layers
 * @param floatLayers how many layers stay in float32 though the rest are bytes
 * @param ratio latency by the original network's, on this machine by turns
 * @param lowerQuartile of neighbouring runs' ratios
 * @param upperQuartile of the same
 * @param fileBytes of the ONNX file
 * @param downloadBytes behind deflate
 * @param parameters elements of all tensors held
 * @param macs for one item
 * @param accuracy share of right answers of held-out items; without labels, of the same answers as the original
 * @param signalToNoise of the answers against the original's, in decibel
 * @param seconds that making and measuring it took, the choice of a way of quantising apart
 */
public record Trial(
        String stage,
        String recipe,
        double channels,
        int epochs,
        int bits,
        int floatLayers,
        double ratio,
        double lowerQuartile,
        double upperQuartile,
        long fileBytes,
        long downloadBytes,
        long parameters,
        long macs,
        double accuracy,
        double signalToNoise,
        double seconds) {

    /** The columns of {@code tried.csv}. */
    public static final String HEADING = "id,stage,recipe,channels,epochs,bits,float_layers,latency_ratio,ratio_lower,"
            + "ratio_upper,tier_ms,file_bytes,download_bytes,parameters,macs,accuracy,signal_to_noise_db,seconds";

    private static final int COLUMNS = HEADING.split(",", -1).length;
    private static final int BYTE_BITS = 8;

    /** Twelve hexadecimal digits that stand for the recipe. */
    public String id() {
        return new Fingerprint().add(recipe).hex().substring(0, 12);
    }

    public boolean isInBytes() {
        return bits == BYTE_BITS;
    }

    /** How many residual blocks are gone. */
    public int blocksGone() {
        return Recipe.blocksGone(recipe);
    }

    /** The answers' noise as a share of their power: what a change costs; infinite where they are no numbers. */
    double noise() {
        return Math.pow(10, -signalToNoise / 10);
    }

    /** A line of {@code tried.csv}, with as many digits as it takes to read the same numbers. */
    String csv(Tier tier) {
        return Stream.of(
                        id(),
                        stage,
                        recipe,
                        channels,
                        epochs,
                        bits,
                        floatLayers,
                        ratio,
                        lowerQuartile,
                        upperQuartile,
                        tier.millis(this),
                        fileBytes,
                        downloadBytes,
                        parameters,
                        macs,
                        accuracy,
                        signalToNoise,
                        seconds)
                .map(String::valueOf)
                .reduce((one, other) -> one + "," + other)
                .orElseThrow();
    }

    /** @throws MalformedException if the line has not these columns */
    static Trial parse(String line) {
        List<String> cells = List.of(line.split(",", -1));
        if (cells.size() != COLUMNS) {
            throw new MalformedException("columns: " + cells.size() + " (expected: " + COLUMNS + "), \"" + line + "\"");
        }
        try {
            return new Trial(
                    cells.get(1),
                    cells.get(2),
                    Double.parseDouble(cells.get(3)),
                    Integer.parseInt(cells.get(4)),
                    Integer.parseInt(cells.get(5)),
                    Integer.parseInt(cells.get(6)),
                    Double.parseDouble(cells.get(7)),
                    Double.parseDouble(cells.get(8)),
                    Double.parseDouble(cells.get(9)), // the next is the tier's, of another run perhaps
                    Long.parseLong(cells.get(11)),
                    Long.parseLong(cells.get(12)),
                    Long.parseLong(cells.get(13)),
                    Long.parseLong(cells.get(14)),
                    Double.parseDouble(cells.get(15)),
                    Double.parseDouble(cells.get(16)),
                    Double.parseDouble(cells.get(17)));
        } catch (NumberFormatException e) {
            throw new MalformedException("number: " + e.getMessage() + " (expected: one), \"" + line + "\"", e);
        }
    }
}
