package dev.watchhub.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class WorkerTest {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final List<Throwable> faults = new CopyOnWriteArrayList<>();
  private final List<String> failed = new CopyOnWriteArrayList<>();
  private final Faults handler =
      (component, cause) -> {
        failed.add(component);
        faults.add(cause);
      };

  /** Counts its calls, and notes on which threads they came. */
  private static class Counting implements Worker.Step {
    final AtomicInteger polls = new AtomicInteger();
    final AtomicInteger unblocks = new AtomicInteger();
    final AtomicInteger stops = new AtomicInteger();
    final List<Thread> threads = new CopyOnWriteArrayList<>();

    @Override
    public int poll() throws Exception {
      threads.add(Thread.currentThread());
      polls.incrementAndGet();
      return 0;
    }

    @Override
    public Duration pause() {
      return Duration.ofDays(1); // nothing but a wake ends it
    }

    @Override
    public void unblock() {
      unblocks.incrementAndGet();
    }

    @Override
    public void stop() throws Exception {
      threads.add(Thread.currentThread());
      stops.incrementAndGet();
    }
  }

  private static void awaitCount(AtomicInteger counter, int count) {
    await("count " + count)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(1))
        .atMost(LIMIT)
        .until(() -> counter.get() >= count);
  }

  @Test
  void runsItsStepOverAndOverOnOneThreadOfItsName() {
    Counting step =
        new Counting() {
          @Override
          public int poll() throws Exception {
            super.poll();
            return polls.get() < 1000 ? 1 : 0;
          }
        };
    Worker worker = Worker.start("a worker's name", step, handler);
    awaitCount(step.polls, 1000);
    worker.close();
    assertThat(step.threads).extracting(Thread::getName).containsOnly("a worker's name");
    assertThat(step.threads).doesNotContain(Thread.currentThread());
    assertThat(step.threads.get(0).isAlive()).isFalse();
    assertThat(step.stops).hasValue(1);
    assertThat(faults).isEmpty();
  }

  @Test
  void endsItsPauseWhenItIsWoken() {
    Counting step = new Counting();
    Worker worker = Worker.start("worker", step, handler);
    for (int i = 1; i <= 100; i++) {
      awaitCount(step.polls, i);
      worker.wake();
    }
    worker.close();
    assertThat(step.polls).hasValueGreaterThanOrEqualTo(100);
  }

  @Test
  void losesNoWakeThatComesDuringAPoll() throws Exception {
    CyclicBarrier inPoll = new CyclicBarrier(2);
    CyclicBarrier woken = new CyclicBarrier(2);
    Counting step =
        new Counting() {
          @Override
          public int poll() throws Exception {
            super.poll();
            if (polls.get() == 1) {
              inPoll.await();
              woken.await();
            }
            return 0;
          }
        };
    Worker worker = Worker.start("worker", step, handler);
    inPoll.await();
    worker.wake();
    woken.await();
    awaitCount(step.polls, 2);
    worker.close();
  }

  @Test
  void unblocksAStepThatWaitsInside() {
    CountDownLatch unblocked = new CountDownLatch(1);
    Counting step =
        new Counting() {
          @Override
          public int poll() throws Exception {
            super.poll();
            unblocked.await();
            return 1;
          }

          @Override
          public void unblock() {
            super.unblock();
            unblocked.countDown();
          }
        };
    Worker worker = Worker.start("worker", step, handler);
    awaitCount(step.polls, 1);
    worker.close();
    worker.close();
    assertThat(step.unblocks).hasValue(1);
    assertThat(step.stops).hasValue(1);
    assertThat(faults).isEmpty();
  }

  @Test
  void isClosedByManyThreadsAtOnce() throws InterruptedException {
    Counting step = new Counting();
    Worker worker = Worker.start("worker", step, handler);
    List<Throwable> thrown = new CopyOnWriteArrayList<>();
    List<Thread> closers = new CopyOnWriteArrayList<>();
    for (int i = 0; i < 8; i++) {
      Thread closer = new Thread(worker::close, "closer-" + i);
      closer.setUncaughtExceptionHandler((thread, e) -> thrown.add(e));
      closers.add(closer);
      closer.start();
    }
    for (Thread closer : closers) {
      closer.join(LIMIT.toMillis());
    }
    assertThat(thrown).isEmpty();
    assertThat(step.stops).hasValue(1);
    assertThat(step.unblocks).hasValue(1);
  }

  @Test
  void handsAFailureToTheFaultsAndStopsTheStep() {
    IllegalStateException failure = new IllegalStateException("a bug");
    Counting step =
        new Counting() {
          @Override
          public int poll() {
            throw failure;
          }
        };
    Worker worker = Worker.start("worker", step, handler);
    await("the fault").atMost(LIMIT).until(() -> !faults.isEmpty());
    worker.close();
    assertThat(faults).containsExactly(failure);
    assertThat(failed).containsExactly("worker");
    assertThat(step.stops).hasValue(1);
  }

  @Test
  void reportsTheFirstFailureWhenStoppingFailsToo() {
    AssertionError failure = new AssertionError("the cause");
    Exception consequence = new Exception("the consequence");
    Worker worker =
        Worker.start(
            "worker",
            new Worker.Step() {
              @Override
              public int poll() {
                throw failure;
              }

              @Override
              public void stop() throws Exception {
                throw consequence;
              }
            },
            handler);
    await("the fault").atMost(LIMIT).until(() -> !faults.isEmpty());
    worker.close();
    assertThat(faults).containsExactly(failure);
    assertThat(failure).hasSuppressedException(consequence);
  }

  @Test
  void reportsAFailureOfStoppingAlone() {
    Exception failure = new Exception("cannot stop");
    Worker worker =
        Worker.start(
            "worker",
            new Counting() {
              @Override
              public void stop() throws Exception {
                throw failure;
              }
            },
            handler);
    worker.close();
    assertThat(faults).containsExactly(failure);
  }

  @Test
  void canBeClosedByItsFaultHandlersOtherThread() {
    CountDownLatch started = new CountDownLatch(1);
    Worker[] worker = new Worker[1];
    Thread closer =
        new Thread(
            () -> {
              try {
                started.await();
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
              worker[0].close();
            },
            "closer");
    worker[0] =
        Worker.start(
            "worker",
            () -> {
              throw new IllegalStateException("a bug");
            },
            (component, cause) -> closer.start());
    started.countDown();
    await("the closer ends")
        .atMost(LIMIT)
        .until(() -> closer.getState() == Thread.State.TERMINATED);
  }

  @Test
  void closesAlsoWhenTheClosingThreadIsInterrupted() {
    Counting step = new Counting();
    Worker worker = Worker.start("worker", step, handler);
    awaitCount(step.polls, 1);
    Thread.currentThread().interrupt();
    assertThatCode(worker::close).doesNotThrowAnyException();
    assertThat(Thread.interrupted()).as("the interrupt is kept").isTrue();
    assertThat(step.stops).hasValue(1);
  }

  @Test
  void saysThatAStepDoesNotEnd() {
    CountDownLatch released = new CountDownLatch(1);
    Counting step =
        new Counting() {
          @Override
          public int poll() throws Exception {
            super.poll();
            released.await();
            return 0;
          }
        };
    Worker worker = Worker.start("stubborn", step, handler);
    awaitCount(step.polls, 1);
    assertThatThrownBy(worker::close)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("stubborn did not stop within PT5S");
    released.countDown();
    worker.close();
    assertThat(step.stops).hasValue(1);
  }
}
