package dev.narrows.emulator;

/** A trace as a bandwidth: the integral of its steps, over and over. */
final class TracePlayer implements Bandwidth {

    private final long originNanos;
    private final long periodNanos;
    private final long[] endNanos; // of each step, from the period's begin
    private final double[] bytesPerNano;
    private final double bytesPerPeriod;
    private final double meanBytesPerSecond;

    TracePlayer(Trace trace, long originNanos) {
        this.originNanos = originNanos;
        int steps = trace.steps().size();
        endNanos = new long[steps];
        bytesPerNano = new double[steps];
        double first = trace.steps().get(0).seconds();
        double bytes = 0;
        long begin = 0;
        for (int i = 0; i < steps; i++) {
            endNanos[i] = Math.max(begin + 1, (long) ((trace.endSeconds(i) - first) * 1e9));
            bytesPerNano[i] = trace.steps().get(i).mbps() / 8_000;
            bytes += bytesPerNano[i] * (endNanos[i] - begin);
            begin = endNanos[i];
        }
        periodNanos = begin;
        bytesPerPeriod = bytes;
        meanBytesPerSecond = bytes / periodNanos * 1e9;
    }

    @Override
    public double bytesPerSecond() {
        return meanBytesPerSecond;
    }

    @Override
    public long endNanos(long startNanos, long bytes) {
        long within = Math.floorMod(startNanos - originNanos, periodNanos);
        long period = startNanos - within;
        double left = bytes;
        double whole = Math.floor(left / bytesPerPeriod);
        left -= whole * bytesPerPeriod; // whole periods bring one back to the same place
        period += ((long) whole) * periodNanos;
        int step = stepAt(within);
        while (left > 0) {
            double gone = bytesPerNano[step] * (endNanos[step] - within);
            if (gone >= left) {
                return period + within + (long) Math.ceil(left / bytesPerNano[step]);
            }
            left -= gone;
            within = endNanos[step];
            if (++step == endNanos.length) {
                step = 0;
                within = 0;
                period += periodNanos;
            }
        }
        return period + within;
    }

    private int stepAt(long within) {
        int low = 0;
        int high = endNanos.length - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (endNanos[middle] > within) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }
}
