package dev.narrows.gradient;

import static dev.narrows.gradient.OperatorCheck.values;

import java.util.List;
import org.junit.jupiter.api.Test;

class BlocksTest {

    @Test
    void depthToSpace_bothModes_isAsTheRuntimes() {
        for (String mode : List.of("DCR", "CRD")) {
            OperatorCheck.of("DepthToSpace")
                    .input(values(1, 2, 12, 2, 3))
                    .with("blocksize", 2)
                    .with("mode", mode)
                    .forward()
                    .gradients();
        }
        OperatorCheck.of("DepthToSpace", 7)
                .input(values(1, 1, 9, 2, 2))
                .with("blocksize", 3)
                .forward()
                .gradients();
    }

    @Test
    void spaceToDepth_isAsTheRuntimes() {
        OperatorCheck.of("SpaceToDepth")
                .input(values(1, 2, 3, 4, 6))
                .with("blocksize", 2)
                .forward()
                .gradients();
    }
}
