using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Logging;

namespace ActorSockets.Integration.Tests.Hosting;

/// <summary>Everything that was logged, at every level, with every field.</summary>
internal sealed class CollectedLog : ILoggerProvider
{
    private readonly ConcurrentQueue<Line> _lines = new();

    public sealed record Line(string Category, LogLevel Level, EventId Event, string Text);

    public IReadOnlyCollection<Line> Lines => _lines;

    public ILogger CreateLogger(string categoryName) => new Category(this, categoryName);

    public void Dispose()
    {
    }

    private sealed class Category(CollectedLog log, string name) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            log._lines.Enqueue(new Line(name, LogLevel.None, default, Fields(state)));
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            log._lines.Enqueue(new Line(name, logLevel, eventId, $"{formatter(state, exception)} {Fields(state)} {exception}"));

        private static string Fields<TState>(TState state)
        {
            if (state is not IEnumerable<KeyValuePair<string, object?>> fields) return state?.ToString() ?? "";
            var text = new StringBuilder();
            foreach (var (key, value) in fields) text.Append(key).Append('=').Append(value).Append(' ');
            return text.ToString();
        }
    }
}
