package dev.narrows.data;

import dev.narrows.errors.InvalidException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * What a source's files do not say by themselves. What does not concern a source is not looked at.
 *
 * @param size side in pixels that images are brought to: the shorter side resized, the centre cropped. 0 leaves them as
 *     they are; then all must be of one size
 * @param channels of images from files: 1 (grey) or 3 (red, green, blue)
 * @param rate samples a second that sound is brought to
 * @param seconds that sound is cut or padded with zeros to
 * @param window steps in a window of a series
 * @param stride steps from a window's start to the next one's
 * @param windowLabel which of a window's labels is its own
 * @param columns of a series that are its channels, in this order; if empty, all that are neither label nor group
 * @param fileColumns the columns of a manifest that name files; of several each is a modality, called like the column
 * @param labelColumns the columns that are labels, a task each, the first the one that is meant where none is named; if
 *     empty, the column {@value #LABEL_COLUMN} if there is one
 * @param groupColumn the column that says what belongs together; if empty, the column {@value #GROUP_COLUMN} if there is
 *     one
 * @param namePattern what file names in folders are matched with, whole: its groups {@code label} and {@code group}, where
 *     it has them, are the item's. If there is none, or it has no {@code label}, the folder is the label
 * @param kind of the values of arrays, if they are not what {@link ArrayReader} takes them for
 */
public record DataOptions(
        int size,
        int channels,
        int rate,
        double seconds,
        int window,
        int stride,
        WindowLabel windowLabel,
        List<String> columns,
        List<String> fileColumns,
        List<String> labelColumns,
        Optional<String> groupColumn,
        Optional<Pattern> namePattern,
        Optional<Kind> kind) {

    public static final int CHANNELS = 3;
    public static final int RATE = 16_000;
    public static final double SECONDS = 1;
    public static final int WINDOW = 128;
    public static final int STRIDE = 64;
    public static final String FILE_COLUMN = "file";
    public static final String LABEL_COLUMN = "label";
    public static final String GROUP_COLUMN = "group";

    public static final DataOptions DEFAULT = new DataOptions(
            0,
            CHANNELS,
            RATE,
            SECONDS,
            WINDOW,
            STRIDE,
            WindowLabel.MOST_FREQUENT,
            List.of(),
            List.of(FILE_COLUMN),
            List.of(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());

    /** Which of the labels of its steps a window has. */
    public enum WindowLabel {
        /** The one that most steps have; of equally many the one that ends latest. */
        MOST_FREQUENT,
        /** The last step's: what is known at the moment that the window is complete. */
        LAST
    }

    public DataOptions {
        columns = List.copyOf(columns);
        labelColumns = List.copyOf(labelColumns);
        fileColumns = List.copyOf(fileColumns);
        if (fileColumns.isEmpty() || fileColumns.stream().distinct().count() < fileColumns.size()) {
            throw new InvalidException("file columns: " + fileColumns + " (expected: 1 or more, each once)");
        }
        if (size < 0) {
            throw new InvalidException("size: " + size + " pixels (expected: 1 or more, or 0 to leave images alone)");
        }
        if (channels != 1 && channels != 3) {
            throw new InvalidException("channels: " + channels + " (expected: 1 or 3)");
        }
        if (rate < 1) {
            throw new InvalidException("rate: " + rate + " Hz (expected: 1 or more)");
        }
        if (!(seconds > 0 && seconds < Double.POSITIVE_INFINITY)) {
            throw new InvalidException("seconds: " + seconds + " (expected: more than 0)");
        }
        if (window < 1 || stride < 1) {
            throw new InvalidException("window, stride: " + window + ", " + stride + " (expected: 1 or more)");
        }
    }

    public static Builder builder() {
        return DEFAULT.toBuilder();
    }

    /** These options, to be changed. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Starts from other options, {@link #DEFAULT} if none are named. */
    public static final class Builder {

        private int size;
        private int channels;
        private int rate;
        private double seconds;
        private int window;
        private int stride;
        private WindowLabel windowLabel;
        private List<String> columns;
        private List<String> fileColumns;
        private List<String> labelColumns;
        private Optional<String> groupColumn;
        private Optional<Pattern> namePattern;
        private Optional<Kind> kind;

        private Builder(DataOptions from) {
            size = from.size;
            channels = from.channels;
            rate = from.rate;
            seconds = from.seconds;
            window = from.window;
            stride = from.stride;
            windowLabel = from.windowLabel;
            columns = from.columns;
            fileColumns = from.fileColumns;
            labelColumns = from.labelColumns;
            groupColumn = from.groupColumn;
            namePattern = from.namePattern;
            kind = from.kind;
        }

        public Builder size(int pixels) {
            size = pixels;
            return this;
        }

        public Builder channels(int count) {
            channels = count;
            return this;
        }

        public Builder rate(int hertz) {
            rate = hertz;
            return this;
        }

        public Builder seconds(double length) {
            seconds = length;
            return this;
        }

        public Builder window(int steps) {
            window = steps;
            return this;
        }

        public Builder stride(int steps) {
            stride = steps;
            return this;
        }

        public Builder windowLabel(WindowLabel which) {
            windowLabel = which;
            return this;
        }

        public Builder columns(String... names) {
            columns = List.of(names);
            return this;
        }

        public Builder fileColumns(String... names) {
            fileColumns = List.of(names);
            return this;
        }

        public Builder labelColumns(String... names) {
            labelColumns = List.of(names);
            return this;
        }

        public Builder groupColumn(String name) {
            groupColumn = Optional.of(name);
            return this;
        }

        /**
         * The pattern as text, such as {@code (?<label>\d)_(?<group>\w+)_\d+\.wav}.
         *
         * @throws InvalidException if it is none
         */
        public Builder namePattern(String regularExpression) {
            try {
                namePattern = Optional.of(Pattern.compile(regularExpression));
            } catch (PatternSyntaxException e) {
                throw new InvalidException(
                        "name pattern: \"" + regularExpression + "\" (expected: a regular expression; "
                                + e.getDescription() + " at " + e.getIndex() + ")",
                        e);
            }
            return this;
        }

        public Builder kind(Kind values) {
            kind = Optional.of(values);
            return this;
        }

        public DataOptions build() {
            return new DataOptions(
                    size,
                    channels,
                    rate,
                    seconds,
                    window,
                    stride,
                    windowLabel,
                    columns,
                    fileColumns,
                    labelColumns,
                    groupColumn,
                    namePattern,
                    kind);
        }
    }
}
