package dev.narrows.device;

import dev.narrows.wire.codec.CutCodec;
import java.util.Optional;

/** The way that one run is to take. */
sealed interface Route {

    /**
     * All segments on the device.
     *
     * @param why empty if no cloud was named
     */
    record OnDevice(Optional<Why> why) implements Route {}

    /**
     * Segments before {@code cut} on the device, the others in the cloud if it answers in time.
     *
     * @param cut the cut's index, less than the number of segments
     * @param cutName its name
     */
    record HandOver(int cut, String cutName, CutCodec codec) implements Route {}
}
