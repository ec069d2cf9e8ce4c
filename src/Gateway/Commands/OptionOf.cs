using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace ActorSockets.Gateway.Commands;

/// <summary>Options whose faults name the option and what is allowed; the library's own name the .NET type.</summary>
internal static class OptionOf
{
    private delegate bool Reader<T>(string text, out T value);

    internal static Option<string?> Text(string name, string description, string value) => new(name) { Description = description, HelpName = value };

    internal static Option<bool> Flag(string name, string description) => new(name) { Description = description };

    internal static Option<TimeSpan?> Duration(string name, string description) =>
        Of<TimeSpan?>(name, description, "duration", DurationText.Allowed, Nullable<TimeSpan>(DurationText.TryParse));

    internal static Option<int?> Number(string name, string description) =>
        Of<int?>(name, description, "n", "must be a whole number", Nullable((string text, out int value) =>
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value)));

    internal static Option<double?> Rate(string name, string description) =>
        Of<double?>(name, description, "n", "must be a number such as 40 or 0.5", Nullable((string text, out double value) =>
            double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value)));

    internal static Option<DateTimeOffset?> Moment(string name, string description, TimeProvider time, bool before) =>
        Of<DateTimeOffset?>(name, description, "time", before ? InstantText.AllowedBefore : InstantText.Allowed,
            Nullable((string text, out DateTimeOffset value) => InstantText.TryParse(text, time.GetUtcNow(), before, out value)));

    internal static Option<string?> OneOf(string name, string description, params string[] allowed) =>
        Of<string?>(name, description, string.Join('|', allowed), $"must be one of {string.Join(", ", allowed)}", (string text, out string? value) =>
        {
            value = Array.Find(allowed, a => a.Equals(text, StringComparison.OrdinalIgnoreCase));
            return value is not null;
        });

    /// <summary>The fault of one value of an option, in the form that all have.</summary>
    internal static void Refuse(this ArgumentResult argument, string text, string allowed) =>
        argument.AddError($"{NameOf(argument)} '{PlainText.Of(text)}': {allowed}.");

    private static Option<T> Of<T>(string name, string description, string value, string allowed, Reader<T> reader) => new(name)
    {
        Description = description,
        HelpName = value,
        CustomParser = argument =>
        {
            var text = argument.Tokens.Count == 1 ? argument.Tokens[0].Value : "";
            if (reader(text, out var read)) return read;
            argument.Refuse(text, allowed);
            return default;
        },
    };

    private static Reader<T?> Nullable<T>(Reader<T> reader)
        where T : struct => (string text, out T? value) =>
        {
            var good = reader(text, out var read);
            value = good ? read : null;
            return good;
        };

    private static string NameOf(ArgumentResult argument) => argument.Parent is OptionResult option ? option.Option.Name : argument.Argument.Name;
}
