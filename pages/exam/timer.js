const SPOKEN = [10, 5, 1]; // minutes left at which a screen reader says so
const running = new WeakMap(); // element → its interval

export default function ({ data, parentElement, setTriggerValue }) {
  const [clock, spoken] = parentElement.querySelectorAll("[role=timer], [role=status]");
  const end = Date.now() + 1000 * data.seconds;
  let before = data.seconds;
  stop(parentElement);
  const show = () => {
    const left = Math.max(0, Math.ceil((end - Date.now()) / 1000));
    clock.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    const reached = (seconds) => left <= seconds && before > seconds;
    const minutes = SPOKEN.find((each) => reached(60 * each));
    if (minutes) spoken.textContent = `${minutes} ${minutes === 1 ? "minute" : "minutes"} left`;
    if (reached(1)) document.activeElement?.blur(); // what is in a field counts
    before = left;
    if (left > 0) return;
    stop(parentElement);
    setTriggerValue("over", true);
  };
  running.set(parentElement, setInterval(show, 250));
  show();
  return () => stop(parentElement);
}

function stop(element) {
  clearInterval(running.get(element));
}
