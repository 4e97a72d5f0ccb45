package kinds

import (
	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

// Slot is a place where a channel is parked by mod_valet_parking: an extension of a lot.
// Its key is the lot's name, a slash, and the extension.
//
// Closed becomes "bridge" when somebody picks the call up, and "exit" when it goes.
type Slot struct {
	fsw.Handler
	Lot       cell.Value[string] `fsw:"Valet-Lot-Name"`
	Extension cell.Value[string] `fsw:"Valet-Extension"`
	Channel   cell.Value[string] `fsw:"Unique-ID"` // its id, for Switch.Channel
}

// Slots begin when somebody is parked there.
var Slots = fsw.NewKind[Slot]("slot").
	KeyFunc(func(ev *esl.Event) string {
		lot, extension := ev.Value("Valet-Lot-Name"), ev.Value("Valet-Extension")
		if extension == "" {
			return ""
		}
		return lot + "/" + extension
	}).
	On("valet_parking::info", nil).
	Begins(func(ev *esl.Event) bool { return ev.Value("Action") == "hold" }).
	Ends(func(ev *esl.Event) string {
		switch action := ev.Value("Action"); action {
		case "bridge", "exit":
			return action
		}
		return ""
	}).
	Snapshot("valet_info", readSlots)

func readSlots(output string) (rows []*esl.Event, err error) {
	var table struct {
		Lots []struct {
			Name  string `xml:"name,attr"`
			Slots []struct {
				Channel   string `xml:"uuid,attr"`
				Extension string `xml:",chardata"`
			} `xml:"extension"`
		} `xml:"lot"`
	}
	if err := readXML(output, "lots", &table); err != nil {
		return nil, err
	}
	for _, lot := range table.Lots {
		for _, slot := range lot.Slots {
			rows = append(rows, esl.NewEvent("", "Valet-Lot-Name", lot.Name, "Valet-Extension", slot.Extension, "Unique-ID", slot.Channel))
		}
	}
	return rows, nil
}
