using NetPolicy.Diagnostics;

namespace NetPolicy.Manifests.Nodes;

/// <summary>Finds places among those that <see cref="PlaceEncoder"/> wrote. O(fields).</summary>
internal sealed class PlaceSourceMap(string? file, int document, byte[] places, List<string> names) : SourceMap
{
    public override string? File => file;

    public override int Document => document;

    public override SourceSpan Find(string path)
    {
        Reader at = new(file, places);
        PlaceForm form = at.Form(out SourceSpan found);
        foreach ((string? name, int index) in NodePath.Parse(path))
        {
            if (form == PlaceForm.Mapping && name is not null)
            {
                if (!FindField(ref at, name, ref form, ref found))
                {
                    break;
                }
            }
            else if (form == PlaceForm.Sequence && name is null)
            {
                int count = at.Number();
                if (index >= count)
                {
                    break;
                }

                for (int i = 0; i < index; i++)
                {
                    at.Skip();
                }

                form = at.Form(out found);
            }
            else
            {
                break;
            }
        }

        return found;
    }

    // The last field of that name; what stands beside its key, otherwise the key.
    private bool FindField(ref Reader at, string name, ref PlaceForm form, ref SourceSpan found)
    {
        bool isFound = false;
        Reader inside = default;
        for (int left = at.Number(); left > 0; left--)
        {
            string key = names[at.Number()];
            SourceSpan keySpan = at.Place();
            if (key == name)
            {
                isFound = true;
                inside = at;
                form = inside.Form(out SourceSpan value);
                found = form == PlaceForm.Scalar && value.Line > 0 ? value : keySpan;
            }

            at.Skip();
        }

        at = inside;
        return isFound;
    }

    private struct Reader(string? file, byte[] places)
    {
        private int _position;
        private int _line;
        private int _column;

        public PlaceForm Form(out SourceSpan place)
        {
            PlaceForm form = (PlaceForm)Number();
            place = Place();
            return form;
        }

        public SourceSpan Place()
        {
            int line = _line + Step();
            int column = Step() + (line == _line ? _column : 0);
            int endLine = line + Step();
            int endColumn = Step() + (endLine == line ? column : 0);
            (_line, _column) = (line, column);
            return new SourceSpan(file, line, column, endLine, endColumn);
        }

        public int Number()
        {
            uint number = 0;
            for (int shift = 0; ; shift += 7)
            {
                byte b = places[_position++];
                number |= (uint)(b & 0x7F) << shift;
                if (b < 0x80)
                {
                    return (int)number;
                }
            }
        }

        public void Skip()
        {
            switch (Form(out _))
            {
                case PlaceForm.Mapping:
                    for (int left = Number(); left > 0; left--)
                    {
                        Number();
                        Place();
                        Skip();
                    }

                    break;
                case PlaceForm.Sequence:
                    for (int left = Number(); left > 0; left--)
                    {
                        Skip();
                    }

                    break;
                default:
                    break;
            }
        }

        private int Step()
        {
            uint number = (uint)Number();
            return (int)(number >> 1) ^ -(int)(number & 1);
        }
    }
}
